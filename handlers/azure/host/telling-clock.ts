import type { Clock } from './durable/clock.ts';

/**
 * The same clock, which tells each time that it has moved.
 *
 * Timer triggers come again and again, so that a clock that jumps to its next alarm would never stand still with them; they look
 * instead whether they became due whenever something else has moved it.
 */
export function tellingClock(clock: Clock, moved: () => void): Clock {
  return {
    ...clock,
    at: (due, wake) =>
      clock.at(due, () => {
        moved();
        wake();
      }),
  };
}
