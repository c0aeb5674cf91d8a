import type { Clock } from '../../handlers/local/dev.ts';

/** A clock that jumps to the next alarm after a millisecond in which none was set or called off. */
export function skippingClock(): Clock {
  const alarms = new Set<{ readonly due: number; readonly wake: () => void }>();
  let now = Date.UTC(2026, 0);
  let jump: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(jump);
    if (alarms.size > 0) jump = setTimeout(ring, 1);
  };
  const ring = (): void => {
    now = Math.max(now, Math.min(...[...alarms].map((alarm) => alarm.due)));
    for (const alarm of [...alarms]) if (alarm.due <= now && alarms.delete(alarm)) alarm.wake();
    arm();
  };
  return {
    now: () => now,
    at(due, wake) {
      const alarm = { due, wake };
      alarms.add(alarm);
      arm();
      return () => {
        alarms.delete(alarm);
        arm();
      };
    },
  };
}
