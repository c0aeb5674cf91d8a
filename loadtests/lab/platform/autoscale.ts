import type { AutoscaleRules } from './rules.ts';

/** What the instances had done by a moment, all of them together. */
export interface Sample {
  /** Seconds. */
  readonly at: number;
  /** The share of their CPU that each instance used since the sample before. */
  readonly loads: readonly number[];
}

export interface Autoscale {
  /** One more, one fewer, or as it is. */
  decide(sample: Sample): 1 | 0 | -1;
}

/**
 * Azure's rule as a pure machine: the average over a window, a cool-down after each step, and no step in where the load of the one
 * that leaves would call it back at once.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-flapping
 */
export function openAutoscale(rules: AutoscaleRules): Autoscale {
  let samples: Sample[] = [];
  let began: number | undefined;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    decide(sample) {
      began ??= sample.at;
      samples = [...samples, sample].filter(({ at }) => at > sample.at - rules.windowSeconds);
      const count = sample.loads.length;
      // A window that is not full yet says nothing.
      if (sample.at - began < rules.windowSeconds || sample.at < quietUntil || count === 0) return 0;
      const loads = samples.flatMap((one) => one.loads);
      const average = loads.reduce((sum, load) => sum + load, 0) / loads.length;
      const step = stepFor(rules, average, count);
      if (step !== 0) quietUntil = sample.at + rules.coolDownSeconds;
      return step;
    },
  };
}

function stepFor(rules: AutoscaleRules, average: number, count: number): 1 | 0 | -1 {
  if (average > rules.outAbove) return count < rules.most ? 1 : 0;
  if (average >= rules.inBelow || count <= rules.least) return 0;
  return (average * count) / (count - 1) > rules.outAbove ? 0 : -1;
}
