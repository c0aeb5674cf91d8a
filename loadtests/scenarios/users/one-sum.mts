import { checkSums } from './check-sums.ts';
import { walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

const SUBINTERVALS = 1000;

/** A user asks for one sum of an interval somewhere, and perhaps for another. */
export const { arrive, decide, stays } = walk<'sum'>({
  first: 'sum',
  chain: { sum: { sum: 0.5 } },
  steps: {
    sum() {
      const lower = Math.round((Math.random() * 20 - 10) * 1e4) / 1e4;
      const upper = lower + 1 + Math.random() * 9;
      return {
        path: `/api/calculate_integral?a=${lower}&b=${upper}&n=${SUBINTERVALS}`,
        check: checkSums(lower, upper, 'midpoint', [SUBINTERVALS]),
      };
    },
  },
});
