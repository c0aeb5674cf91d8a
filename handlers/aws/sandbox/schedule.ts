import { next } from '../../../core/triggers/cron.ts';
import type { Schedule } from './deployment.ts';
import type { Running } from './mapping.ts';

/** Milliseconds: what a timer can be set for at most. */
const LONGEST = 2 ** 31 - 1;

/**
 * Sends each schedule's input when it is due, with the time put in, as EventBridge Scheduler does.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function startSchedules(
  schedules: readonly Schedule[],
  send: (schedule: Schedule, input: string) => Promise<void>,
): Running {
  const timers = new Map<Schedule, NodeJS.Timeout>();
  const sending = new Set<Promise<void>>();
  const arm = (schedule: Schedule, after: Date): void => {
    const due = next(schedule.times, after);
    if (due === undefined) return;
    const left = due.getTime() - Date.now();
    const ring = (): void => {
      arm(schedule, left > LONGEST ? after : due);
      if (left > LONGEST) return;
      const input = schedule.input.replaceAll('<aws.scheduler.scheduled-time>', due.toISOString());
      const sent = send(schedule, input);
      sending.add(sent);
      void sent.finally(() => sending.delete(sent));
    };
    timers.set(schedule, setTimeout(ring, Math.min(Math.max(0, left), LONGEST)).unref());
  };
  for (const schedule of schedules) arm(schedule, new Date());
  return {
    async close() {
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(sending);
    },
  };
}
