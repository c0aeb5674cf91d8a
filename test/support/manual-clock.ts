import type { Clock } from '../../handlers/local/clock.ts';

/** A clock that stands still until it is told to go on. */
export function manualClock(start: string): Clock & { set(time: string): void } {
  const alarms = new Set<{ readonly due: number; readonly wake: () => void }>();
  let now = Date.parse(start);
  const ring = (): void => {
    for (const alarm of [...alarms]) if (alarm.due <= now && alarms.delete(alarm)) alarm.wake();
  };
  return {
    now: () => now,
    at(due, wake) {
      const alarm = { due, wake };
      alarms.add(alarm);
      if (due <= now) setImmediate(ring);
      return () => void alarms.delete(alarm);
    },
    set(time) {
      now = Date.parse(time);
      ring();
    },
  };
}
