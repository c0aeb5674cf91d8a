import type { Durable, Orchestration, Task } from './durable.ts';

/** Milliseconds. The library splits what is over six days, and loses count where such a timer is cancelled: so this does. */
export const STAGE = 5 * 86_400_000;

/** The event that tells a lane to end: a lane beside it failed, or the run was cancelled. */
export const STOP = 'stop';

/** Why an instance ends although nothing in the workflow went wrong; no workflow ever sees it. */
export class Stopped extends Error {
  override readonly name = 'Stopped' as const;
}

/** How an instance waits, so that it hears when it is to end. */
export interface Stops {
  /** Waits for a task; what is at work is waited for even by who is to end. */
  whole(task: Task): Orchestration<unknown>;
  /** Waits for a task, or until this instance is told to end; neither is said to have come. */
  either(task: Task): Orchestration<void>;
  /** Waits until the time has come, and never less. @param due milliseconds since 1970 @throws Stopped */
  until(due: number): Orchestration<void>;
  /** @throws Stopped */
  check(): void;
}

/** For the instance of a run, which is ended from outside. */
export function neverStopped(durable: Durable): Stops {
  return {
    *whole(task) {
      return yield task;
    },
    *either(task) {
      yield task;
    },
    *until(due) {
      while (durable.now() < due) yield durable.timer(Math.min(due, durable.now() + STAGE));
    },
    check: () => undefined,
  };
}

/**
 * For a lane. It is not terminated: a parent that still has something to do cannot read that.
 *
 * The library hands an event to one wait, the newest; those before it stay open, and so one of them will have it.
 */
export function stoppable(durable: Durable): Stops {
  const waits: Task[] = [];
  const either = function* (task: Task): Orchestration<void> {
    const stop = durable.event(STOP);
    waits.push(stop);
    yield durable.any([stop, task]);
  };
  const check = (): void => {
    if (waits.some((wait) => wait.isCompleted)) throw new Stopped('told to stop');
  };
  return {
    *whole(task) {
      if (waits.length === 0) yield* either(task);
      return yield task;
    },
    either,
    *until(due) {
      while (durable.now() < due) {
        const timer = durable.timer(Math.min(due, durable.now() + STAGE));
        yield* either(timer);
        if (!timer.isCompleted) timer.cancel();
        check();
      }
    },
    check,
  };
}
