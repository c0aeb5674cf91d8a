import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { expectNothing, keysOf, type Laws, sendNumbers } from './queue-support.ts';

const RECEIVERS = 64;
const MESSAGES = 500;

/** What holds of those who wait for messages, and of many of them at once. */
export const consumerLaws: Laws = {
  'an empty queue gives nothing, at once or when the wait is over': async (fresh) => {
    const queue = await fresh();
    expect(await queue.receive()).toEqual([]);
    const start = performance.now();
    expect(await queue.receive({ wait: 2 })).toEqual([]);
    expect(performance.now() - start).toBeGreaterThan(1_900);
  },
  'who waits gets a message that comes meanwhile, before the wait is over': async (fresh) => {
    const queue = await fresh();
    const start = performance.now();
    const waiting = queue.receive({ wait: 20 });
    await sleep(500);
    await queue.send('come');
    expect(await waiting).toMatchObject([{ message: 'come', attempt: 1 }]);
    expect(performance.now() - start).toBeLessThan(15_000);
  },
  'who waits gets a message whose delay or visibility ends, before the wait is over': async (fresh) => {
    const queue = await fresh();
    await queue.send('come', { delay: 1 });
    const start = performance.now();
    expect(await queue.receive({ wait: 20, visibility: 1 })).toMatchObject([{ attempt: 1 }]);
    expect(await queue.receive({ wait: 20 })).toMatchObject([{ attempt: 2 }]);
    expect(performance.now() - start).toBeLessThan(30_000);
  },
  'a receive gives no more than max': async (fresh) => {
    const queue = await fresh();
    const keys = await sendNumbers(queue, 30);
    const got: { readonly key: string }[] = [];
    for (let max = 1; got.length < 30; max = (max % 10) + 1) {
      const some = await queue.receive({ max, wait: 2 });
      expect(some.length).toBeLessThanOrEqual(max);
      got.push(...some);
    }
    expect(keysOf(got)).toEqual(keys);
  },
  'of competing receivers one has each message': async (fresh) => {
    const queue = await fresh();
    const keys = await sendNumbers(queue, MESSAGES);
    const done: string[] = [];
    const consume = async (receiver: number) => {
      while (done.length < MESSAGES) {
        const got = await queue.receive({ max: (receiver % 10) + 1, wait: 1, visibility: 600 });
        await Promise.all(
          got.map(async ({ key, receipt, attempt }) => {
            expect(attempt).toBe(1);
            await queue.ack(receipt);
            done.push(key);
          }),
        );
      }
    };
    await Promise.all(Array.from({ length: RECEIVERS }, (_, receiver) => consume(receiver)));
    expect(done.sort()).toEqual(keys);
    await expectNothing(queue);
  },
  'messages that are sent while others receive come too': async (fresh) => {
    const queue = await fresh();
    const done = new Set<string>();
    const consume = async () => {
      while (done.size < 200)
        for (const { key, receipt } of await queue.receive({ max: 10, wait: 1 })) {
          await queue.ack(receipt);
          done.add(key);
        }
    };
    const produce = async () => {
      for (let n = 0; n < 200; n += 2) await Promise.all([0, 1].map((m) => queue.send(n, { key: `n-${n + m}` })));
    };
    await Promise.all([produce(), consume(), consume(), consume()]);
    expect(done.size).toBe(200);
  },
};
