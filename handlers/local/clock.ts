import { ringAt } from '../../core/ring-at.ts';

/** Time as a port, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` when `now()` has reached `due`, never before; the returned function calls it off. */
  at(due: number, wake: () => void, options?: AlarmOptions): () => void;
}

export interface AlarmOptions {
  /** Rings when its time has come, and is no reason for a virtual clock to jump there: something that recurs never ends. */
  readonly passive?: true;
}

export const systemClock: Clock = { now: Date.now, at: ringAt };

interface Alarm {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that jumps to the next alarm after a millisecond in which none was set or called off. */
export function virtualClock(start = Date.now()): Clock {
  const alarms = new Set<Alarm>();
  const passive = new Set<Alarm>();
  let now = start;
  let jump: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(jump);
    if (alarms.size > 0) jump = setTimeout(ring, 1);
  };
  const ring = (): void => {
    if (alarms.size > 0) now = Math.max(now, Math.min(...[...alarms].map((alarm) => alarm.due)));
    for (const set of [alarms, passive])
      for (const alarm of [...set]) if (alarm.due <= now && set.delete(alarm)) alarm.wake();
    arm();
  };
  return {
    now: () => now,
    at(due, wake, options = {}) {
      const alarm = { due, wake };
      const set = options.passive && due > now ? passive : alarms;
      set.add(alarm);
      arm();
      return () => {
        if (set.delete(alarm)) arm();
      };
    },
  };
}
