import { expect } from 'vitest';
import {
  deadLetters,
  expectNothing,
  keysOf,
  type Laws,
  receiveAll,
  receiveOne,
  sendNumbers,
  until,
} from './queue-support.ts';

const REASON = { name: 'BadPhoto', message: 'not a photo: žluťoučký', data: { bytes: [1, 2, null], 'a b': 'é' } };

/** What holds of messages that nobody could do. */
export const deadLaws: Laws = {
  'a buried message is a dead letter with the reason': async (fresh) => {
    const queue = await fresh();
    const { id } = await queue.send({ a: [1] }, { key: 'the-key' });
    const { receipt, sentAt } = await receiveOne(queue, { visibility: 2 });
    await queue.bury(receipt, REASON);
    const wanted = { id, key: 'the-key', message: { a: [1] }, attempts: 1, sentAt, error: REASON };
    expect(await deadLetters(queue, 1)).toEqual([wanted]);
    await expectNothing(queue, 3);
    expect(await deadLetters(queue, 1), 'looking takes nothing away').toEqual([wanted]);
  },
  'a reason may be without data': async (fresh) => {
    const queue = await fresh();
    await queue.send(1);
    await queue.bury((await receiveOne(queue)).receipt, { name: 'Error', message: '' });
    expect((await deadLetters(queue, 1))[0]!.error).toEqual({ name: 'Error', message: '' });
  },
  'a message that was received too often is a dead letter without a reason': async (fresh) => {
    for (const attempts of [1, 2]) {
      const queue = await fresh(attempts);
      const { id } = await queue.send('poison', { key: 'the-key' });
      const { sentAt } = await receiveOne(queue, { visibility: 1 });
      if (attempts === 2) await receiveOne(queue, { visibility: 1 });
      await expectNothing(queue, 3);
      const [letter] = await deadLetters(queue, 1);
      expect(letter).toEqual({ id, key: 'the-key', message: 'poison', attempts, sentAt });
    }
  },
  'so is one that was released too often': async (fresh) => {
    const queue = await fresh(3);
    await queue.send('poison');
    for (const attempt of [1, 2, 3]) {
      const got = await receiveOne(queue);
      expect(got.attempt).toBe(attempt);
      await queue.release(got.receipt);
    }
    await expectNothing(queue, 2);
    expect(await deadLetters(queue, 1)).toMatchObject([{ message: 'poison', attempts: 3 }]);
  },
  'a redriven letter leaves its reason behind': async (fresh) => {
    const queue = await fresh(1);
    const { id } = await queue.send('twice dead');
    await queue.bury((await receiveOne(queue)).receipt, REASON);
    await until('redriven letter', async () => (await queue.redrive()) === 1);
    const { key, sentAt, receipt } = await receiveOne(queue);
    await queue.release(receipt);
    await expectNothing(queue);
    expect(await deadLetters(queue, 1)).toEqual([{ id, key, message: 'twice dead', attempts: 1, sentAt }]);
  },
  'redriven letters are messages again that nobody has received yet, and none is lost': async (fresh) => {
    const queue = await fresh(2);
    expect(await queue.redrive()).toBe(0);
    const keys = await sendNumbers(queue, 25);
    for (const { receipt } of await receiveAll(queue, 25)) await queue.bury(receipt, REASON);
    let moved = 0;
    await until('25 redriven', async () => {
      const now = await queue.redrive({ max: 10 });
      expect(now).toBeLessThanOrEqual(10);
      moved += now;
      return moved >= 25;
    });
    expect(moved).toBe(25);
    for (const attempt of [1, 2]) {
      const got = await receiveAll(queue, 25);
      expect(keysOf(got)).toEqual(keys);
      for (const { key, message, receipt, ...rest } of got) {
        expect(rest.attempt).toBe(attempt);
        expect(key).toBe(`n-${message}`);
        await (attempt === 1 ? queue.release(receipt) : queue.ack(receipt));
      }
    }
    await expectNothing(queue);
    expect(await queue.dead()).toEqual([]);
  },
};

/** What holds where the room declares `exact`. */
export const exactLaws: Laws = {
  'every dead letter is seen sooner or later': async (fresh) => {
    const queue = await fresh();
    const keys = await sendNumbers(queue, 25);
    for (const { receipt } of await receiveAll(queue, 25)) await queue.bury(receipt, REASON);
    expect(keysOf(await deadLetters(queue, 25))).toEqual(keys);
    expect(await queue.dead({ max: 3 })).toHaveLength(3);
    expect(await queue.redrive({ max: 7 })).toBe(7);
    expect(await queue.redrive()).toBe(18);
    expect(await queue.redrive()).toBe(0);
  },
  'depth is exact': async (fresh) => {
    const queue = await fresh(2);
    const depths: object[] = [];
    const look = async () => depths.push(await queue.depth());
    await look();
    await sendNumbers(queue, 8);
    await queue.send('delayed', { delay: 900 });
    await look();
    const [first, second, third, fourth] = await receiveAll(queue, 6, { visibility: 600 });
    await look();
    await queue.ack(first!.receipt);
    await queue.release(second!.receipt, { delay: 900 });
    await queue.bury(third!.receipt, REASON);
    await queue.extend(fourth!.receipt, 1);
    await until('end of a visibility', async () => (await queue.depth()).inFlight === 2);
    await look();
    await queue.redrive();
    await look();
    expect(depths).toEqual([
      { ready: 0, inFlight: 0, dead: 0 },
      { ready: 9, inFlight: 0, dead: 0 },
      { ready: 3, inFlight: 6, dead: 0 },
      { ready: 5, inFlight: 2, dead: 1 },
      { ready: 6, inFlight: 2, dead: 0 },
    ]);
  },
  'a message that was received too often is counted as dead when its visibility ends': async (fresh) => {
    const queue = await fresh(1);
    await queue.send('poison');
    await receiveOne(queue, { visibility: 1 });
    await until('dead letter', async () => (await queue.depth()).dead === 1);
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 1 });
    expect(await queue.redrive()).toBe(1);
    expect(await receiveOne(queue)).toMatchObject({ message: 'poison', attempt: 1 });
  },
};
