import { integralOf, type Rule, rectangles, sumError } from './absolute-sine.ts';
import type { Check } from './recorder.ts';

/** The lab's own numbers of subintervals, in its order. */
const SUBINTERVALS = [10, 100, 100, 1000, 10_000, 100_000, 1_000_000];

/** Rounding of a million terms, and of the closed form. */
const TOLERANCE = 1e-9;

/** Holds an answer against the rectangle sums, and those against the integral. */
export function checkSums(lower: number, upper: number, rule: Rule, numbers: readonly number[] = SUBINTERVALS): Check {
  return (status, body) => {
    if (status !== 200) return `status ${status}`;
    let results: readonly { readonly n: number; readonly value: number }[];
    try {
      ({ results } = JSON.parse(body) as { results: typeof results });
    } catch {
      return 'the answer is not JSON';
    }
    if (JSON.stringify(results?.map(({ n }) => n)) !== JSON.stringify(numbers))
      return `not the sums of ${numbers.join(', ')}`;
    for (const { n, value } of results) {
      const sum = rectangles(lower, upper, n, rule);
      const scale = Math.max(1, Math.abs(sum));
      // Written this way round NaN is wrong, too.
      if (!(Math.abs(value - sum) <= TOLERANCE * scale)) return `n = ${n}: ${value} instead of ${sum}`;
      if (!(Math.abs(value - integralOf(lower, upper)) <= sumError(lower, upper, n, rule) + TOLERANCE * scale))
        return `n = ${n}: ${value} is too far from the integral`;
    }
    return undefined;
  };
}
