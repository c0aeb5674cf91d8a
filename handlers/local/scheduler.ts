import type { Log } from '../../core/log.ts';
import type { QueueClient } from '../../core/resources/queue.ts';
import type { TableClient } from '../../core/resources/table.ts';
import { next } from '../../core/triggers/cron.ts';
import { scheduleKey } from '../../core/triggers/schedule-key.ts';
import type { ScheduleTrigger } from '../../core/triggers/trigger.ts';
import type { Clock } from './clock.ts';

export interface SchedulerParts {
  readonly trigger: ScheduleTrigger;
  /** Where its events wait. */
  readonly queue: QueueClient;
  /** Remembers until when each schedule is done. */
  readonly memory: TableClient;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds before what could not be written is tried again. */
const PAUSE = 1_000;
const PARTITION = 'schedules';

/**
 * Sends an event at each time of a schedule. Of the times that passed while nothing ran the last is made up for.
 *
 * @returns stops it.
 */
export function startScheduler({ trigger, queue, memory, clock, log }: SchedulerParts): () => void {
  const key = { partition: PARTITION, id: trigger.name };
  let off: () => void = () => undefined;
  let stopped = false;

  const arm = (due: number, work: () => Promise<void>): void => {
    if (stopped) return;
    const ring = (): void => {
      work().catch((error: unknown) => {
        log('schedule cannot be written', { trigger: trigger.name, error: String(error) });
        arm(clock.now() + PAUSE, work);
      });
    };
    off = clock.at(due, ring, { passive: true });
  };

  const send = async (time: Date): Promise<void> => {
    // First the event, then the memory: where the process ends between them the event comes twice, with one key.
    const scheduledAt = time.toISOString();
    await queue.send({ scheduledAt }, { key: scheduleKey(trigger.name, scheduledAt) });
    await memory.put(key, { scheduledAt });
  };

  const wait = (after: Date): void => {
    const time = next(trigger.times, after);
    if (time === undefined) return;
    arm(time.getTime(), async () => {
      // A machine that slept wakes up past several times; the last of them stands for all.
      const due = lastDue(trigger, time, new Date(clock.now()));
      await send(due);
      wait(due);
    });
  };

  arm(clock.now(), async () => {
    const known = (await memory.get(key))?.value.scheduledAt;
    const now = new Date(clock.now());
    if (typeof known !== 'string') {
      await memory.put(key, { scheduledAt: now.toISOString() });
      return wait(now);
    }
    const missed = next(trigger.times, new Date(known));
    if (missed === undefined || missed > now) return wait(new Date(known));
    const due = lastDue(trigger, missed, now);
    await send(due);
    wait(due);
  });
  return () => {
    stopped = true;
    off();
  };
}

/** The last time of the schedule that is not after `now`; `first` is one of them. */
function lastDue({ times }: ScheduleTrigger, first: Date, now: Date): Date {
  // From close before now: years of missed minutes are not counted one by one.
  for (let back = 3_600_000; now.getTime() - back > first.getTime(); back *= 8) {
    const found = next(times, new Date(now.getTime() - back));
    if (found !== undefined && found <= now) return following(times, found, now);
  }
  return following(times, first, now);
}

function following(times: ScheduleTrigger['times'], first: Date, now: Date): Date {
  let last = first;
  for (let time = next(times, last); time !== undefined && time <= now; time = next(times, last)) last = time;
  return last;
}
