import { expect, it } from 'vitest';
import type { HostFunction } from '../../../handlers/azure/host/functions.ts';
import { virtualClock } from '../../../handlers/azure/host/index.ts';
import { startTimers } from '../../../handlers/azure/host/timer-trigger.ts';
import { manualClock } from '../../support/manual-clock.ts';

function timer(schedule: string, more: Readonly<Record<string, unknown>> = {}, retryOptions?: object): HostFunction {
  const binding = { type: 'timerTrigger', direction: 'in' as const, schedule, ...more };
  return {
    name: 'tick',
    metadata: { name: 'tick', bindings: { t: binding }, ...(retryOptions && { retryOptions }) },
    trigger: { key: 't', binding },
    kind: 'timer',
    inputs: [],
    outputs: [],
    disabled: false,
    unsupported: undefined,
  };
}

interface Called {
  readonly IsPastDue: boolean;
  readonly ScheduleStatus: { readonly Last: string; readonly Next: string };
}

function started(called: HostFunction, clock: Parameters<typeof startTimers>[1]['clock'], act = async () => undefined) {
  const calls: (Called & { readonly retry: number })[] = [];
  const timers = startTimers([called], {
    app: { EVERY: '0 */5 * * * *' },
    clock,
    log: () => undefined,
    listens: true,
    call: async (_, { data, retryContext }) => {
      calls.push({ ...(JSON.parse(data.json ?? '{}') as Called), retry: retryContext?.retryCount ?? 0 });
      await act();
      return { outputData: [] };
    },
  });
  return { calls, timers };
}

it('calls at the times of the schedule, which a setting may hold', async () => {
  const clock = manualClock('2026-01-01T00:01:00Z');
  const { calls, timers } = started(timer('%EVERY%'), clock);
  clock.set('2026-01-01T00:04:59Z');
  expect(calls).toEqual([]);
  clock.set('2026-01-01T00:05:00Z');
  await timers.idle();
  clock.set('2026-01-01T00:10:00Z');
  await timers.idle();
  expect(calls).toMatchObject([
    {
      IsPastDue: false,
      ScheduleStatus: { Last: '0001-01-01T00:00:00+00:00', Next: '2026-01-01T00:10:00.000+00:00' },
    },
    { ScheduleStatus: { Last: '2026-01-01T00:05:00.000+00:00', Next: '2026-01-01T00:15:00.000+00:00' } },
  ]);
  timers.stop();
  clock.set('2026-01-01T01:00:00Z');
  expect(calls).toHaveLength(2);
});

it('calls at the start where it is asked to, and waits for a call that still runs', async () => {
  const clock = manualClock('2026-01-01T00:00:00Z');
  const gate = Promise.withResolvers<undefined>();
  const { calls, timers } = started(timer('0 * * * * *', { runOnStartup: true }), clock, () => gate.promise);
  clock.set('2026-01-01T00:01:00Z');
  expect(calls).toHaveLength(1);
  gate.resolve(undefined);
  await timers.idle();
  await timers.idle();
  expect(calls).toMatchObject([{ IsPastDue: false }, { IsPastDue: true }]);
  timers.stop();
});

it('tries again by its retry policy', async () => {
  const clock = virtualClock();
  const policy = { maxRetryCount: 2, retryStrategy: 'fixedDelay', delayInterval: { seconds: 30 } };
  const called = timer('0 0 0 1 1 *', {}, policy);
  const start = clock.now();
  const { calls, timers } = started(called, clock, () => Promise.reject(new Error('no')));
  await expect(timers.run(called)).rejects.toThrow('no');
  expect(calls.map(({ retry }) => retry)).toEqual([0, 1, 2]);
  expect(clock.now() - start).toBe(60_000);
});

it('rides on a clock that jumps: called once, past due, for all that was passed', async () => {
  const clock = virtualClock(Date.parse('2026-01-01T00:00:00Z'));
  const { calls, timers } = started(timer('0 0 * * * *'), clock);
  await new Promise<void>((resolve) => void clock.at(clock.now() + 3.5 * 3_600_000, resolve));
  timers.passed();
  await timers.idle();
  expect(calls).toMatchObject([{ IsPastDue: true, ScheduleStatus: { Next: '2026-01-01T04:00:00.000+00:00' } }]);
});
