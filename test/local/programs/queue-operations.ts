import type { QueueClient, Received } from '../../../core/resources/queue.ts';

/** What a step of the program that is killed does to the messages with these keys. */
export interface Effect {
  readonly kind: 'send' | 'receive' | 'ack' | 'release' | 'extend' | 'bury' | 'redrive';
  readonly keys: readonly string[];
}

/** Every operation that a queue has, in an order in which each finds something to do. */
const KINDS: readonly Effect['kind'][] = [
  ...(['send', 'send', 'receive', 'ack', 'release', 'receive', 'bury', 'extend', 'redrive', 'receive', 'ack'] as const),
];
export const KINDS_COUNT = KINDS.length;

/** The n-th operation, one change each; `held` is what was received and is not answered yet. */
export function step(queue: QueueClient, n: number, held: Received<unknown>[]): [Effect, () => Promise<unknown>] {
  const kind = KINDS[(n - 1) % KINDS.length]!;
  if (kind === 'redrive') return [{ kind, keys: [] }, () => queue.redrive()];
  if (kind === 'receive')
    return [{ kind, keys: [] }, async () => held.push(...(await queue.receive({ max: 2, visibility: 600 })))];
  if (kind === 'send') {
    const keys = n % 2 ? [`m-${n}`] : [0, 1, 2, 3].map((part) => `m-${n}-${part}`);
    const batch = keys.map((key) => ({ key, message: { key } }));
    return [
      { kind, keys },
      () => (batch.length === 1 ? queue.send({ key: `m-${n}` }, batch[0]) : queue.sendBatch(batch)),
    ];
  }
  const { key, receipt } = held.shift()!;
  const answers = {
    ack: () => queue.ack(receipt),
    release: () => queue.release(receipt),
    extend: () => queue.extend(receipt, 900),
    bury: () => queue.bury(receipt, { name: 'Buried', message: key }),
  };
  return [{ kind, keys: [key] }, answers[kind]];
}

/** What is there after these effects: whether each message is a dead letter. */
export function stateAfter(effects: readonly Effect[]): Readonly<Record<string, 'live' | 'dead'>> {
  const state = new Map<string, 'live' | 'dead'>();
  for (const { kind, keys } of effects) {
    if (kind === 'redrive') for (const key of state.keys()) state.set(key, 'live');
    for (const key of keys) {
      if (kind === 'send') state.set(key, 'live');
      if (kind === 'bury') state.set(key, 'dead');
      if (kind === 'ack') state.delete(key);
    }
  }
  return Object.fromEntries(state);
}
