import { expect } from 'vitest';
import { expectNothing, type Laws, receiveOne } from './queue-support.ts';

/** What holds of a message that somebody has received. */
export const receiptLaws: Laws = {
  'while somebody has a message, nobody else gets it': async (fresh) => {
    const queue = await fresh();
    await queue.send('one');
    await receiveOne(queue, { visibility: 60 });
    await expectNothing(queue, 2);
  },
  'when its visibility ends a message comes again, and says how often': async (fresh) => {
    const queue = await fresh();
    const { id } = await queue.send({ a: 1 }, { key: 'the-key' });
    const receipts = new Set<string>();
    let before = performance.now();
    let sentAt: Date | undefined;
    for (const attempt of [1, 2, 3]) {
      const start = before;
      before = performance.now();
      const got = await receiveOne(queue, { visibility: 2 });
      sentAt ??= got.sentAt;
      expect(got).toMatchObject({ id, key: 'the-key', message: { a: 1 }, attempt, sentAt });
      if (attempt > 1) expect(performance.now() - start).toBeGreaterThan(1_900);
      receipts.add(got.receipt);
    }
    expect(receipts.size).toBe(3);
  },
  'what is acknowledged is gone': async (fresh) => {
    const queue = await fresh();
    await queue.send('done');
    const { receipt } = await receiveOne(queue, { visibility: 2 });
    await queue.ack(receipt);
    await queue.ack(receipt);
    await expectNothing(queue, 4);
    expect(await queue.dead()).toEqual([]);
  },
  'a released message comes at once, with its attempts counted': async (fresh) => {
    const queue = await fresh();
    await queue.send('again');
    for (const attempt of [1, 2, 3, 4]) {
      const got = await receiveOne(queue, { visibility: 43_200 });
      expect(got).toMatchObject({ message: 'again', attempt });
      await queue.release(got.receipt);
    }
  },
  'a message that is released with a delay does not come before it': async (fresh) => {
    const queue = await fresh();
    await queue.send('again');
    const { receipt } = await receiveOne(queue, { visibility: 43_200 });
    const start = performance.now();
    await queue.release(receipt, { delay: 2 });
    expect(await receiveOne(queue)).toMatchObject({ message: 'again', attempt: 2 });
    expect(performance.now() - start).toBeGreaterThan(1_900);
  },
  'extend counts from now, for longer and for shorter': async (fresh) => {
    const queue = await fresh();
    await queue.send('longer');
    const longer = await receiveOne(queue, { visibility: 5 });
    await queue.extend(longer.receipt, 60);
    await expectNothing(queue, 7);
    await queue.extend(longer.receipt, 1);
    expect(await receiveOne(queue)).toMatchObject({ message: 'longer', attempt: 2 });
  },
  'a stale receipt is no error': async (fresh) => {
    const queue = await fresh();
    await queue.send('one');
    const { receipt } = await receiveOne(queue, { visibility: 1 });
    const later = await receiveOne(queue, { visibility: 60 });
    await queue.extend(receipt, 2);
    await queue.release(receipt, { delay: 1 });
    await queue.ack(later.receipt);
    await queue.extend(receipt, 1);
    await queue.release(receipt);
    await queue.bury(receipt, { name: 'TooLate', message: '' });
    await queue.ack(receipt);
    await queue.ack(later.receipt);
    await expectNothing(queue, 3);
  },
};
