import { describe, expect, test } from 'vitest';
import type { SlotRules } from '../../loadtests/lab/instance/slots.ts';
import { clean, hasPackages, notSaturated, overhead, plain, withPackages } from './measuring.ts';
import { batchMean, meanOf, waitMD1, waitMMc } from './queueing.ts';

const SECONDS = 40;

interface Known {
  readonly name: string;
  readonly instance: SlotRules;
  readonly perSecond: number;
  /** The mean wait in seconds. */
  readonly theory: number;
}

const KNOWN: readonly Known[] = [
  { name: 'M/D/1', instance: { slotMs: 25 }, perSecond: 28, theory: waitMD1(28, 0.025) },
  {
    name: 'M/M/2',
    instance: { slotMs: 50, slots: 2, law: 'exponential' },
    perSecond: 28,
    theory: waitMMc(28, 0.05, 2),
  },
];

describe.skipIf(!hasPackages)(withPackages('a target of which theory says how it behaves'), () => {
  for (const { name, instance, perSecond, theory } of KNOWN)
    test(`${name}: throughput and waiting time are those of the formula`, async (context) => {
      const { raw, summary } = await clean(context, {
        target: plain(),
        experiment: { seconds: SECONDS, load: [{ perSecond }], instance },
      });
      expect(summary.failures).toEqual({});
      expect(summary.wrong).toBe(0);
      // Everything that came went: within a Poisson count's four standard deviations.
      expect(Math.abs(summary.ok - perSecond * SECONDS)).toBeLessThan(4 * Math.sqrt(perSecond * SECONDS));

      const begun = raw.work.filter(({ kind }) => kind === 'begin');
      expect(begun.length).toBe(summary.ok);
      const { mean, half } = batchMean(begun.map(({ waitMs = 0 }) => waitMs / 1000));
      expect(Math.abs(mean - theory)).toBeLessThan(half);

      // What clients saw is that wait, the service, and what HTTP and the timers take: never less, and little more.
      const served = meanOf(begun.map(({ slotMs = 0 }) => slotMs));
      expect(meanOf(raw.requests.map(({ ms }) => ms))).toBeGreaterThan(mean * 1000 + served);
      expect(overhead(raw)).toBeLessThan(25);
    }, 300_000);

  test('a server that is frozen for a second of each five shows it in p95: arrivals do not wait for answers', async (context) => {
    const { summary } = await clean(
      context,
      {
        target: plain('frozen'),
        experiment: { seconds: 25, load: [{ perSecond: 25 }], instance: { slotMs: 1 } },
      },
      notSaturated,
    );
    expect(summary.failures).toEqual({});
    expect(summary.generator.skipped).toBe(0);
    // A fifth of the arrivals waits up to a second, evenly: the 95th percentile of all is three quarters of it.
    expect(summary.latency.p95).toBeGreaterThan(500);
    expect(summary.latency.p95).toBeLessThan(1000);
    expect(summary.latency.p50).toBeLessThan(200);
  }, 200_000);
});
