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

/** A clock that jumps to the next alarm as soon as the process has nothing else at hand. */
export function virtualClock(start = Date.now()): Clock {
  let now = start;
  let jump: NodeJS.Timeout | undefined;
  const alarms = new Set<{ readonly due: number; readonly wake: () => void }>();
  const schedule = (): void => {
    if (jump !== undefined || alarms.size === 0) return;
    // A millisecond of real time lets steps that are about to end do so before time moves on.
    jump = setTimeout(() => {
      jump = undefined;
      now = Math.max(now, Math.min(...[...alarms].map((alarm) => alarm.due)));
      for (const alarm of [...alarms]) if (alarm.due <= now && alarms.delete(alarm)) alarm.wake();
      schedule();
    }, 1);
  };
  return {
    now: () => now,
    at(due, wake) {
      const alarm = { due, wake };
      alarms.add(alarm);
      schedule();
      return () => alarms.delete(alarm);
    },
  };
}
