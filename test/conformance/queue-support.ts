import { expect } from 'vitest';
import type { Json } from '../../core/json.ts';
import type { DeadLetter, Outgoing, QueueClient, Received, ReceiveOptions } from '../../core/resources/queue.ts';

/** Gives a law a queue that nobody has used before. @param attempts of the queue. @default 5 */
export type FreshQueue = (attempts?: number) => Promise<QueueClient>;
/** A law by its title. */
export type Laws = Readonly<Record<string, (fresh: FreshQueue) => Promise<void>>>;

/** Seconds after which what has not come will not come: at least once says nothing of when. */
const PATIENCE = 120;

/** What a refusal of `field` looks like. */
export function refused(field: string) {
  return {
    name: 'InvalidInput',
    message: expect.stringContaining(field),
    data: expect.objectContaining({ field }),
  };
}

/** Receives until it has `count` messages, or fails. */
export async function receiveAll(
  queue: QueueClient,
  count: number,
  { visibility = 600 }: ReceiveOptions = {},
): Promise<readonly Received<Json>[]> {
  const got: Received<Json>[] = [];
  await until(`${count} messages`, async () => {
    if (got.length === count) return true;
    got.push(...(await queue.receive({ max: Math.min(10, count - got.length), wait: 1, visibility })));
    return got.length === count;
  });
  return got;
}

export async function receiveOne(queue: QueueClient, options?: ReceiveOptions): Promise<Received<Json>> {
  return (await receiveAll(queue, 1, options))[0]!;
}

/** Looks until it has seen `count` different dead letters, or fails. */
export async function deadLetters(queue: QueueClient, count: number): Promise<readonly DeadLetter<Json>[]> {
  const seen = new Map<string, DeadLetter<Json>>();
  await until(`${count} dead letters`, async () => {
    for (const letter of await queue.dead()) seen.set(letter.id, letter);
    return seen.size >= count;
  });
  expect(seen.size).toBe(count);
  return [...seen.values()];
}

/** Nothing can be received now; the look lasts `wait` seconds. */
export async function expectNothing(queue: QueueClient, wait = 1): Promise<void> {
  expect(await queue.receive({ wait, max: 10 })).toEqual([]);
}

/** Sends by the batch; the messages' numbers are their keys. */
export async function sendNumbers(queue: QueueClient, count: number): Promise<readonly string[]> {
  const batch = Array.from({ length: count }, (_, n): Outgoing<Json> => ({ message: n, key: `n-${n}` }));
  await queue.sendBatch(batch);
  return batch.map(({ key }) => key!).sort();
}

export function keysOf(messages: readonly { readonly key: string }[]): readonly string[] {
  return messages.map(({ key }) => key).sort();
}

export async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE * 1000;
  while (!(await done())) if (performance.now() > end) throw new Error(`no ${what} within ${PATIENCE} seconds`);
}
