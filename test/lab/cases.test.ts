import { describe, expect, test } from 'vitest';
import type { Case } from '../../loadtests/lab/record.ts';
import { type LocalTarget, TARGETS } from '../../loadtests/lab/targets.ts';
import { clean, hasPackages, type Measured, roughly, withPackages } from './measuring.ts';

const target = (name: string): LocalTarget => TARGETS[name]!;
/** A cheap question: what is looked at here is the platform, and the machine may be busy. */
const scenario = 'one-sum';

/** What must hold whatever the target: each answer is right, is told apart, and is somebody's work. */
function expectHonest({ raw, summary }: Measured): void {
  expect(summary.wrong).toBe(0);
  const failed = Object.values(summary.failures).reduce((sum, times) => sum + times, 0);
  expect(summary.ok + failed).toBe(summary.requests);
  expect(summary.requests).toBe(new Set(raw.requests.map(({ id }) => id)).size);
  const ended = new Map(raw.work.filter(({ kind }) => kind === 'end').map(({ id, pid }) => [id, pid]));
  for (const { id, pid, instance, error } of raw.requests) {
    if (error !== undefined) continue;
    expect(instance).toMatch(/^(vm|fn)-\d+$/);
    expect(pid).toBe(ended.get(id));
  }
}

describe.skipIf(!hasPackages)(withPackages('the four cases, as real processes of the local room'), () => {
  test('a scale set loses requests until its balancer finds the instance down, and goes on with half', async (context) => {
    const result = await clean(
      context,
      {
        target: target('scale-set'),
        experiment: {
          scenario,
          seconds: 24,
          load: [{ perSecond: 6 }],
          instance: { slotMs: 80 },
          faults: [{ at: 0.2, kind: 'kill', instance: 1 }],
        },
        pace: 1,
      },
      roughly,
    );
    expectHonest(result);
    const { summary, raw } = result;
    expect(summary.faults[0]?.what).toBe('vm-2 killed');
    // Two probes, with 5 s between them.
    expect(summary.faults[0]?.detectSeconds).toBeGreaterThan(4.5);
    expect(summary.faults[0]?.lost).toBeGreaterThan(0);
    expect(summary.failures.ECONNRESET).toBe(summary.faults[0]?.lost);
    const down = raw.events.find(({ kind }) => kind === 'down')!;
    const after = raw.requests.filter(({ at }) => at > down.at);
    expect(after.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(new Set(after.map(({ instance }) => instance))).toEqual(new Set(['vm-1']));
    expect([summary.series.instances[0], summary.series.instances.at(-1)]).toEqual([2, 1]);
  }, 200_000);

  test('a balancer that tries again loses none', async (context) => {
    const result = await clean(
      context,
      {
        target: target('scale-set-retry'),
        experiment: {
          scenario,
          seconds: 12,
          load: [{ perSecond: 6 }],
          instance: { slotMs: 80 },
          faults: [{ at: 0.3, kind: 'kill' }],
        },
        // Its probes come too late to help.
        pace: 0.2,
      },
      roughly,
    );
    expectHonest(result);
    expect(result.summary.failures).toEqual({});
    expect(result.summary.faults[0]?.lost).toBe(0);
    // What the killed instance had begun is done again, and counted.
    expect(result.summary.work?.lost).toBe(0);
  }, 200_000);

  test('a web app grows from 1 to 3 by its CPU, and a step at a time', async (context) => {
    const result = await clean(
      context,
      {
        target: target('web-app'),
        experiment: {
          scenario,
          seconds: 25,
          load: [{ perSecond: 16 }],
          instance: { slotMs: 125, backlog: 4 },
        },
        pace: 20,
      },
      roughly,
    );
    expectHonest(result);
    const { series } = result.summary;
    expect(series.instances[0]).toBe(1);
    expect(Math.max(...series.instances)).toBe(3);
    for (const [at, size] of series.instances.entries())
      expect(Math.abs(size - (series.instances[at - 1] ?? size))).toBeLessThanOrEqual(1);
    expect(result.summary.failures['503 full']).toBeGreaterThan(0);
  }, 200_000);

  test('functions start at 0, come one a second, and each does one request at a time', async (context) => {
    const result = await clean(
      context,
      {
        target: target('function'),
        experiment: { scenario, seconds: 20, load: [{ perSecond: 10 }], instance: { slotMs: 125 } },
      },
      roughly,
    );
    expectHonest(result);
    const { raw, summary } = result;
    expect(summary.coldStarts.count).toBeGreaterThanOrEqual(2);
    expect(summary.coldStarts.p50Ms).toBeGreaterThan(0);
    const starts = raw.events.filter(({ kind }) => kind === 'starting').map(({ at }) => at);
    for (const [k, at] of starts.entries()) if (k > 0) expect(at - starts[k - 1]!).toBeGreaterThanOrEqual(950);
    expect(mostAtOnce(raw)).toBe(1);
    expect(summary.cost).toBeGreaterThan(0.2);
  }, 200_000);
});

/** The most requests that one process worked on at the same time. */
function mostAtOnce({ work }: Case): number {
  const open = new Map<number, number>();
  let most = 0;
  for (const { kind, pid } of work) {
    const now = (open.get(pid) ?? 0) + (kind === 'begin' ? 1 : -1);
    open.set(pid, now);
    most = Math.max(most, now);
  }
  return most;
}
