import { type Clock, virtualClock } from '../host/durable/clock.ts';
import type { Watch } from './perform.ts';

/** A clock and the timeouts of steps by it. */
export interface StepClock {
  readonly clock: Clock;
  readonly after: NonNullable<Watch['after']>;
}

export function steadyClock(clock: Clock): StepClock {
  return { clock, after: (seconds, ring) => clock.at(clock.now() + seconds * 1000, ring) };
}

/**
 * Time that jumps to the next alarm when nothing goes on. A step that has a timeout does not count as going on: one that
 * never ends would else hold up the alarm that ends it.
 */
export function jumpingClock(): StepClock {
  const inner = virtualClock();
  let held = 0;
  let bounded = 0;
  let release: (() => void) | undefined;
  const update = (): void => {
    if (held > bounded) release ??= inner.hold();
    else {
      release?.();
      release = undefined;
    }
  };
  const counted = (change: (by: 1 | -1) => void): (() => void) => {
    let on = true;
    change(1);
    update();
    return () => {
      if (!on) return;
      on = false;
      change(-1);
      update();
    };
  };
  return {
    clock: { now: inner.now, at: inner.at, hold: () => counted((by) => (held += by)) },
    after(seconds, ring) {
      const off = inner.at(inner.now() + seconds * 1000, ring);
      const done = counted((by) => (bounded += by));
      return () => {
        off();
        done();
      };
    },
  };
}
