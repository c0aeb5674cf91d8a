import type { Search } from '../experiment.ts';
import type { Setting } from '../record.ts';
import { rounded } from './quantile.ts';
import type { CaseSummary, SearchSummary } from './summary.ts';

/** A load meets the goal where nearly all answers were right and in time, and the generator kept up. */
export function meetsGoal(goal: Search, { latency, generator, ...one }: CaseSummary): boolean {
  return (
    generator.saturated.length === 0 &&
    latency.p95 !== null &&
    latency.p95 <= goal.p95Ms &&
    errorRateOf(one) <= goal.errorRate
  );
}

const errorRateOf = ({ requests, ok }: Pick<CaseSummary, 'requests' | 'ok'>): number =>
  requests === 0 ? 1 : rounded(1 - ok / requests, 4);

/** The steps of each search, by load. */
export function searchesOf(setting: Setting, goal: Search, cases: readonly CaseSummary[]): SearchSummary[] {
  const targets = [...new Set(setting.targets.flatMap(({ step }) => (step === undefined ? [] : [step.of])))];
  return targets.map((target) => {
    const steps = setting.targets
      .flatMap(({ name, step }) => {
        const one = cases.find((summary) => summary.name === name);
        if (step?.of !== target || one === undefined) return [];
        return {
          perSecond: step.perSecond,
          p95Ms: one.latency.p95,
          errorRate: errorRateOf(one),
          okPerSecond: one.okPerSecond,
          meets: meetsGoal(goal, one),
        };
      })
      .sort((a, b) => a.perSecond - b.perSecond);
    const good = steps.filter(({ meets }) => meets);
    return { target, highest: good.at(-1)?.perSecond ?? null, steps };
  });
}
