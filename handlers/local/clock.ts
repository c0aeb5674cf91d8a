/** Time as a port, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` when `now()` has reached `due`, never before; the returned function calls it off. */
  at(due: number, wake: () => void): () => void;
}

/** setTimeout takes 31 bits of milliseconds; longer waits are done in stages. */
const STAGE = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  at(due, wake) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - Date.now();
      // Timers follow a monotonic clock and may ring a millisecond before the wall clock gets there.
      timer = setTimeout(() => (Date.now() >= due ? wake() : arm()), Math.min(Math.max(left, 0), STAGE));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** A clock that jumps to the next alarm after a millisecond in which none was set or called off. */
export function virtualClock(start = Date.now()): Clock {
  const alarms = new Set<{ readonly due: number; readonly wake: () => void }>();
  let now = start;
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
        if (alarms.delete(alarm)) arm();
      };
    },
  };
}
