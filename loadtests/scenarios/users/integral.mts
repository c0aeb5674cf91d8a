import type { Rule } from './absolute-sine.ts';
import { checkSums } from './check-sums.ts';
import { oneOf } from './random.ts';
import { type Memory, type Step, walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

const ROUTES = ['/numericalintegralservice', '/integral'];

/** A user looks at an interval by one rule or the other, or at a part of it, and leaves some day. */
export const { arrive, decide, stays } = walk<'example' | 'sums' | 'left' | 'closer'>({
  first: 'example',
  chain: {
    example: { sums: 0.3, left: 0.2, closer: 0.2 },
    sums: { sums: 0.2, left: 0.25, closer: 0.25 },
    left: { sums: 0.35, closer: 0.3 },
    closer: { closer: 0.4, sums: 0.2 },
  },
  steps: {
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: the handout's own bound
    example: (memory) => ask(memory, [0, 3.14159], 'midpoint'),
    sums: (memory) => ask(memory, anywhere(), 'midpoint'),
    left: (memory) => ask(memory, anywhere(), 'left'),
    closer(memory) {
      const [lower, upper] = memory.interval as Interval;
      return ask(memory, [lower, (lower + upper) / 2], 'midpoint');
    },
  },
});

type Interval = readonly [number, number];

function anywhere(): Interval {
  const lower = Math.round((Math.random() * 20 - 10) * 1e4) / 1e4;
  return [lower, lower + 1 + Math.random() * 9];
}

function ask(memory: Memory, interval: Interval, rule: Rule): Step {
  memory.interval = interval;
  const [lower, upper] = interval;
  const path = `${oneOf(ROUTES)}/${lower}/${upper}${rule === 'left' ? '?rule=left' : ''}`;
  return { path, check: checkSums(lower, upper, rule) };
}
