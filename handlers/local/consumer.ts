import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/error.ts';
import type { QueueClient, Received } from '../../core/resources/queue.ts';
import { deliver, logVerdict, type Verdict } from '../../core/triggers/deliver.ts';
import type { Trigger } from '../../core/triggers/trigger.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';

export interface Consumer {
  /** Takes no more messages. */
  drain(): void;
  /** Waits for those at work, at most `grace` milliseconds; then their signals are aborted and they come again at the next start. */
  close(grace: number): Promise<void>;
}

/** Seconds that a message stays this consumer's beyond the time that its code may take. */
const MARGIN = 10;
/** Seconds of one wait for a message; the most that every room takes. */
const WAIT = 20;
/** Milliseconds before a queue that could not be read is read again. */
const PAUSE = 1_000;

/** Hands the messages of a queue to a trigger, as many at once as it wants. */
export function startConsumer(trigger: Trigger, queue: QueueClient, room: Surroundings): Consumer {
  const stop = new AbortController();
  const draining = new AbortController();
  const running = new Set<Promise<void>>();
  let wake: () => void = () => undefined;

  const work = async (received: Received<unknown>): Promise<void> => {
    const { key, attempt, receipt, trace } = received;
    const delivery = { event: received.message as never, key, attempt, ...(trace !== undefined && { trace }) };
    const verdict = await deliver(trigger, delivery, room, stop.signal);
    logVerdict(room.log, trigger, delivery, verdict);
    // What the process did not let end is nobody's failure: it stays in flight and comes again.
    if (stop.signal.aborted && verdict.kind !== 'done') return queue.release(receipt);
    await answer(queue, receipt, verdict);
  };

  const pull = async (): Promise<void> => {
    const free = trigger.concurrency - running.size;
    if (free === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      return;
    }
    const visibility = trigger.timeout + MARGIN;
    const messages = await queue.receive({ max: Math.min(free, 10), wait: WAIT, visibility, signal: draining.signal });
    for (const message of messages) {
      const done = work(message)
        .catch((error: unknown) =>
          room.log('delivery was not recorded', { trigger: trigger.name, error: String(error) }),
        )
        .finally(() => {
          running.delete(done);
          wake();
        });
      running.add(done);
    }
  };

  const loop = async (): Promise<void> => {
    while (!draining.signal.aborted)
      await pull().catch(async (error: unknown) => {
        room.log('queue cannot be read', { trigger: trigger.name, error: String(error) });
        await sleep(PAUSE, undefined, { signal: draining.signal }).catch(() => undefined);
      });
  };
  const looping = loop();

  const drain = (): void => {
    draining.abort();
    wake();
  };

  return {
    drain,
    async close(grace) {
      drain();
      const late = setTimeout(
        () => stop.abort(new Failure({ name: 'Aborted', message: 'the process is stopping' })),
        grace,
      );
      await looping;
      await Promise.allSettled(running);
      clearTimeout(late);
    },
  };
}

async function answer(queue: QueueClient, receipt: string, verdict: Verdict): Promise<void> {
  if (verdict.kind === 'done') return queue.ack(receipt);
  if (verdict.kind === 'bury') return queue.bury(receipt, verdict.error);
  return queue.release(receipt, { delay: verdict.delay });
}
