import { ringAt } from '../../../../core/ring-at.ts';

/** Time as a port, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` when `now()` has reached `due`, never before; the returned function calls it off. */
  at(due: number, wake: () => void): () => void;
  /** Says that work is going on, during which time that jumps stands still; the returned function ends it. */
  hold?(): () => void;
}

export const systemClock: Clock = { now: Date.now, at: ringAt };

export interface VirtualClock extends Clock {
  hold(): () => void;
}

/**
 * A clock that jumps to the next alarm as soon as nothing goes on: no work holds it, and none has begun for a millisecond.
 *
 * A test that wants time to stand still while it does something else holds it too.
 */
export function virtualClock(start = Date.now()): VirtualClock {
  const alarms = new Set<{ readonly due: number; readonly wake: () => void }>();
  let now = start;
  let holds = 0;
  let jump: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(jump);
    if (holds === 0 && alarms.size > 0) jump = setTimeout(ring, 1);
  };
  const ring = (): void => {
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of alarms) next = Math.min(next, due);
    now = Math.max(now, next);
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
    hold() {
      holds++;
      clearTimeout(jump);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds--;
        arm();
      };
    },
  };
}
