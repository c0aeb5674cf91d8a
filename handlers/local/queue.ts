import { setImmediate as turn } from 'node:timers/promises';
import { checkedNumber } from '../../core/checked-number.ts';
import { Failure, invalidInput } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { ResourceOf } from '../../core/resources/access.ts';
import { checkedName } from '../../core/resources/name.ts';
import {
  checkedBatch,
  checkedOutgoing,
  checkedReceive,
  MAX_VISIBILITY,
  type Outgoing,
  type QueueCapabilities,
  type QueueClient,
  type Received,
  type Sent,
} from '../../core/resources/queue.ts';
import { type Faults, noFaults } from './fault.ts';
import { groupCommit, openStore } from './group-commit.ts';
import { newBell } from './queue-bell.ts';
import { type Moment, newId, QUEUE_FORMAT, queueStore } from './queue-store.ts';

export const capabilities: QueueCapabilities = { exact: true };

export interface QueuesOptions {
  /** Created where it is not there, in a folder that is. Several threads and processes may have it open. */
  readonly file: string;
  /** Each change is one operation of the target `queue`; a batch is one, and so is a receive that finds something. */
  readonly fault?: Faults;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** The traceparent that a message takes along. @default none */
  readonly trace?: () => string | undefined;
}

export interface Queues {
  /** @throws `TypeError` where its name cannot be one. */
  queue(resource: ResourceOf<'queue'>): QueueClient;
  /** Gives back what was received and not answered: for the one that owns the file, when whoever had it is gone. */
  reclaim(queue: string): Promise<void>;
  /**
   * Calls `listener` with the queue's name when a message that was sent, released or redriven here is on disk.
   *
   * @returns takes it off again.
   */
  onSent(listener: (queue: string) => void): () => void;
  /** Writes what waits; who waits for a message gets none. */
  close(): void;
}

/** How long who waits does not see what other threads sent. */
const POLL_MS = 100;

/** Opens the queues of this machine: rows of one file. All changes of one turn of the event loop share one transaction. */
export function openQueues({ file, fault = noFaults, now = Date.now, trace }: QueuesOptions): Queues {
  const db = openStore(file, QUEUE_FORMAT);
  const store = queueStore(db);
  const commits = groupCommit(db, 'queue', fault);
  const bell = newBell();
  const listeners = new Set<(queue: string) => void>();
  let closed = false;

  const announce = (queue: string): void => {
    bell.ring(queue);
    for (const listener of listeners) listener(queue);
  };
  /** For looks at the file; changes are refused by themselves. */
  const requireOpen = (): void => {
    if (closed) throw new Failure({ name: 'Unavailable', message: 'the queues are closed' });
  };

  const clientOf = ({ name, attempts }: ResourceOf<'queue'>): QueueClient => {
    const moment = (): Moment => ({ queue: name, attempts, now: now() });
    const after = (seconds: number): number => now() + seconds * 1000;

    const send = async (outgoing: readonly (Outgoing<Json> & { delay: number })[]): Promise<readonly Sent[]> => {
      const sent = outgoing.map(newId);
      const messages = outgoing.map((one, n) => ({ ...one, ...sent[n]! }));
      const from = trace?.();
      await commits.write(() => store.send(name, messages, now(), from));
      announce(name);
      return sent;
    };

    const claim = async (max: number, visibility: number): Promise<readonly Received<Json>[]> => {
      let claimed: readonly Received<Json>[] | undefined;
      return commits.write(() => {
        // Applied twice (a test's fault) it must not take messages that nobody is told of.
        claimed ??= store.claim(moment(), max, visibility);
        return claimed;
      });
    };

    return {
      send: async (message, options) => (await send([checkedOutgoing({ ...options, message })]))[0]!,
      sendBatch: async (messages) => {
        const checked = checkedBatch(messages);
        return checked.length === 0 ? [] : send(checked);
      },
      receive: async (options = {}) => {
        const { max, wait, visibility } = checkedReceive(options);
        const { signal } = options;
        const end = performance.now() + wait * 1000;
        // A caller who polls an empty queue without waiting would let nobody else run.
        await turn();
        requireOpen();
        for (;;) {
          const due = (store.nextDue(name) ?? Number.POSITIVE_INFINITY) - now();
          const got = due <= 0 ? await claim(max, visibility) : [];
          const left = end - performance.now();
          if (got.length > 0 || left <= 0 || closed || signal?.aborted) return got;
          if (due > 0) await bell.wait(name, Math.max(1, Math.min(left, due, POLL_MS)), signal);
          if (closed || signal?.aborted) return [];
        }
      },
      ack: async (receipt) => {
        checkReceipt(receipt);
        await commits.write(() => store.remove(receipt));
      },
      release: async (receipt, { delay = 0 } = {}) => {
        checkReceipt(receipt);
        checkedNumber('delay', delay, 0, MAX_VISIBILITY);
        await commits.write(() => store.release(receipt, after(delay)));
        announce(name);
      },
      extend: async (receipt, seconds) => {
        checkReceipt(receipt);
        checkedNumber('seconds', seconds, 1, MAX_VISIBILITY);
        await commits.write(() => store.extend(receipt, after(seconds)));
      },
      bury: async (receipt, error) => {
        checkReceipt(receipt);
        await commits.write(() => store.bury(receipt, error));
      },
      depth: async () => {
        await turn();
        requireOpen();
        return store.depth(moment());
      },
      dead: async ({ max = 10 } = {}) => {
        checkedNumber('max', max, 1, 10);
        await turn();
        requireOpen();
        return store.dead(moment(), max);
      },
      redrive: async ({ max = Number.MAX_SAFE_INTEGER } = {}) => {
        checkedNumber('max', max, 1, Number.MAX_SAFE_INTEGER);
        let count: number | undefined;
        const redriven = await commits.write(() => {
          count ??= store.redrive(moment(), max);
          return count;
        });
        announce(name);
        return redriven;
      },
    };
  };

  return {
    queue: (resource) => {
      checkedName('queue', resource.name);
      return clientOf(resource);
    },
    reclaim: async (queue) => {
      if (store.held(queue)) await commits.write(() => store.reclaim(queue, now()));
    },
    onSent: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      if (closed) return;
      commits.close();
      closed = true;
      db.close();
      bell.ringAll();
    },
  };
}

function checkReceipt(receipt: string): void {
  if (typeof receipt !== 'string') throw invalidInput(`receipt: must be a string, not ${String(receipt)}`, 'receipt');
}
