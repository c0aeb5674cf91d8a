import type { Log } from '../../core/log.ts';
import type { ResourceOf } from '../../core/resources/access.ts';
import type { QueueClient } from '../../core/resources/queue.ts';
import type { TableClient } from '../../core/resources/table.ts';
import { foldTrigger, type Trigger } from '../../core/triggers/trigger.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';
import { startArrivals } from './arrivals.ts';
import type { Clock } from './clock.ts';
import { startConsumer } from './consumer.ts';
import { startScheduler } from './scheduler.ts';

export interface TriggerParts {
  readonly triggers: readonly Trigger[];
  readonly room: Surroundings;
  readonly log: Log;
  readonly clock: Clock;
  /** The index of the buckets. */
  readonly objects: string;
  queue(resource: ResourceOf<'queue'>): QueueClient;
  /** Gives back what a process before this one had of a queue. */
  reclaim(queue: string): Promise<void>;
  /** The room's own table. */
  readonly memory: TableClient;
}

export interface Triggers {
  /** Takes no more events. */
  drain(): void;
  /** Lets those at work end, at most `grace` milliseconds. */
  close(grace: number): Promise<void>;
}

/** Starts what makes events of objects and times, and what hands all events to their triggers. */
export async function startTriggers(parts: TriggerParts): Promise<Triggers> {
  const { triggers, room, log, clock, objects, queue, reclaim, memory } = parts;
  const queueOf = (trigger: Trigger): QueueClient => queue(triggerQueue(trigger));
  // Who had these messages is gone: the folder has one process at a time.
  await Promise.all(triggers.map((trigger) => reclaim(triggerQueue(trigger).name)));
  const watching = triggers.filter((trigger) => trigger.kind === 'object');
  const stopArrivals =
    watching.length === 0 ? undefined : startArrivals({ file: objects, triggers: watching, queueOf, log });
  const startTimes = foldTrigger<(() => void) | undefined>({
    consume: () => undefined,
    object: () => undefined,
    schedule: (trigger) => startScheduler({ trigger, queue: queueOf(trigger), memory, clock, log }),
  });
  const stopTimes = triggers.map(startTimes);
  const consumers = triggers.map((trigger) => startConsumer(trigger, queueOf(trigger), room));
  const drain = (): void => {
    for (const stop of stopTimes) stop?.();
    for (const consumer of consumers) consumer.drain();
  };
  return {
    drain,
    async close(grace) {
      drain();
      await stopArrivals?.();
      await Promise.all(consumers.map((consumer) => consumer.close(grace)));
    },
  };
}
