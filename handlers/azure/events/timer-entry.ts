import { type Cron, next } from '../../../core/triggers/cron.ts';
import { scheduleKey } from '../../../core/triggers/schedule-key.ts';
import type { ScheduleTrigger } from '../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { type EventRoom, queueOf } from './event-room.ts';

/** Milliseconds by which the host's clock may be early. */
const EARLY = 5_000;
/** How far back a due time is searched; none is further than the last one of a leap year's. */
const WINDOWS = [60_000, 3_600_000, 86_400_000, 32 * 86_400_000, 367 * 86_400_000, 41 * 366 * 86_400_000];

/**
 * A function for the timer trigger of a schedule: it puts the time that was due into the trigger's queue. The host does not say
 * when that was, and after a pause calls once, late: so it is the last time of the schedule that has come.
 *
 * @throws (rejects) where the queue could not be written.
 */
export function timerEntry(
  trigger: ScheduleTrigger,
  room: EventRoom,
  now: () => number = Date.now,
): (timer: unknown) => Promise<void> {
  return async () => {
    const due = last(trigger.times, now() + EARLY);
    if (due === undefined) return;
    const scheduledAt = due.toISOString();
    await queueOf(room, triggerQueue(trigger)).send({ scheduledAt }, { key: scheduleKey(trigger.name, scheduledAt) });
  };
}

/** The last time of a schedule until `end`. */
function last(times: Cron, end: number): Date | undefined {
  for (const window of WINDOWS) {
    let found: Date | undefined;
    for (let at = next(times, new Date(end - window)); at !== undefined && at.getTime() <= end; at = next(times, at))
      found = at;
    if (found !== undefined) return found;
  }
  return undefined;
}
