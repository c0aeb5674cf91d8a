import type { Log } from '../../../core/log.ts';
import type { Call } from './caller.ts';
import type { Clock } from './durable/clock.ts';
import { withSettings } from './expression.ts';
import type { HostFunction } from './functions.ts';
import { parseSchedule } from './ncrontab.ts';
import { retried } from './retried.ts';

export interface TimerParts {
  readonly app: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly call: Call;
  readonly log: Log;
  /** `false`: they are called by `run` alone. */
  readonly listens: boolean;
}

export interface Timers {
  /** Calls a timer's function now, whatever its schedule says; rejects as the call does. */
  run(called: HostFunction): Promise<void>;
  /**
   * Calls those that became due since the last time, once each, however often that was. It is for a clock that jumps; with any other
   * they are called when they are due.
   */
  passed(): void;
  /** Resolves when those that run are over. */
  idle(): Promise<void>;
  /** Rings no more; what runs goes on, and is not tried again. */
  stop(): void;
}

interface Timer {
  readonly called: HostFunction;
  readonly next: (after: number) => number;
  due: number;
  last: number | undefined;
  updated: number;
  /** It was due while it ran. */
  missed: boolean;
  off: () => void;
}

/**
 * Calls functions at the times of their schedules, in UTC.
 *
 * No schedule is kept over a restart: `useMonitor` is as if the host had never run before. A timer whose last call still runs waits for
 * it, as in Azure, and is then called once, past due.
 */
export function startTimers(
  functions: readonly HostFunction[],
  { app, clock, call, log, listens }: TimerParts,
): Timers {
  const running = new Map<Timer, Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;

  const timers = functions.map((called): Timer => {
    const where = `function ${called.name}`;
    const schedule = parseSchedule(withSettings(String(called.trigger.binding.schedule ?? ''), app, where), where);
    const now = clock.now();
    const { next } = schedule;
    return { called, next, due: next(now), last: undefined, updated: now, missed: false, off: () => undefined };
  });

  const perform = async (timer: Timer, isPastDue: boolean): Promise<void> => {
    const at = clock.now();
    const state = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: stamp(timer.last),
        Next: stamp(timer.next(at)),
        LastUpdated: stamp(timer.updated),
      },
      IsPastDue: isPastDue,
    };
    const data = { json: JSON.stringify(state) };
    const reason = isPastDue ? 'timer past due' : 'timer';
    try {
      await retried(timer.called, { clock, signal }, (retryContext) =>
        call(timer.called, { data, reason, ...retryContext }),
      );
    } finally {
      timer.last = at;
      timer.updated = clock.now();
    }
  };

  const ring = (timer: Timer, isPastDue: boolean): void => {
    if (signal.aborted) return;
    timer.missed = running.has(timer);
    if (timer.missed) return;
    const work = perform(timer, isPastDue)
      // The caller has logged it; a timer goes on after a failure.
      .catch(() => undefined)
      .finally(() => {
        running.delete(timer);
        if (timer.missed) ring(timer, true);
      });
    running.set(timer, work);
  };

  const arm = (timer: Timer): void => {
    timer.off = clock.at(timer.due, () => {
      ring(timer, false);
      timer.due = timer.next(clock.now());
      arm(timer);
    });
  };

  for (const timer of listens ? timers : []) {
    // A clock that jumps to its next alarm would never stand still with one that comes again and again.
    if (clock.hold === undefined) arm(timer);
    const { name, trigger } = timer.called;
    log('timer', { level: 'information', function: name, next: new Date(timer.due).toISOString() });
    if (trigger.binding.runOnStartup === true) ring(timer, false);
  }

  return {
    async run(called) {
      const timer = timers.find((one) => one.called === called);
      if (timer !== undefined) await perform(timer, false);
    },
    passed() {
      if (!listens) return;
      const now = clock.now();
      for (const timer of timers)
        if (timer.due <= now) {
          ring(timer, timer.next(timer.due) <= now);
          timer.due = timer.next(now);
        }
    },
    idle: async () => void (await Promise.all(running.values())),
    stop() {
      stopping.abort();
      for (const timer of timers) timer.off();
    },
  };
}

/** As .NET writes a time that there was none. */
function stamp(time: number | undefined): string {
  return time === undefined ? '0001-01-01T00:00:00+00:00' : new Date(time).toISOString().replace('Z', '+00:00');
}
