import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  attempt,
  eq,
  fail,
  gt,
  large,
  map,
  parallel,
  present,
  repeat,
  run,
  some,
  step,
  waitFor,
  when,
  workflow,
} from '../../core/index.ts';

const num = step('num', { input: z.number(), output: z.number(), run: (value) => value });
const list = step('list', { output: z.array(z.object({ key: z.string() })), run: () => [] });
const big = step('big', { output: large(z.array(z.string())), run: () => ['x'] });
const child = workflow('child', { input: z.object({ n: z.number() }), run: (input) => num(input.n) });

/**
 * Never called: each `@ts-expect-error` is a mistake that the compiler has to report, and an error itself where it does not.
 */
const mistakes = (): unknown => [
  workflow('bad', {
    input: z.object({
      s: z.string(),
      n: z.number(),
      b: z.boolean(),
      maybe: z.object({ v: z.number() }).nullable(),
      either: z.union([z.object({ x: z.number() }), z.object({ y: z.string() })]),
      kind: z.enum(['a', 'b']),
    }),
    run(i) {
      // @ts-expect-error E1: if (ref)
      if (i.b) num(1);
      // @ts-expect-error E2: a ternary
      const a = i.b ? 1 : 2;
      // @ts-expect-error E3: &&
      const b = i.b && 3;
      // @ts-expect-error E5: ===
      const c = i.n === 3;
      // @ts-expect-error E6: +
      const d = i.n + 1;
      // @ts-expect-error E7: <
      const e = i.n < 3;
      // @ts-expect-error E9: the wrong argument
      num(i.s);
      // @ts-expect-error E10: a property of what may be null
      const f = i.maybe.v;
      // @ts-expect-error E11: a property that one side of a union has
      const g = i.either.x;
      // @ts-expect-error E12: an array's method
      const h = list(null).map((one) => one);
      // @ts-expect-error E15: for-of
      for (const one of list(null)) num(one);
      // @ts-expect-error E19: values of different types are never equal
      eq(i.n, 'x');
      // @ts-expect-error and neither is a member that the union does not have
      eq(i.kind, 'c');
      // @ts-expect-error a comparison of what is no number
      gt(i.s, 1);
      // @ts-expect-error a boolean is no condition that could change
      when(true, () => 1);
      // @ts-expect-error a number is no condition
      when(i.n, () => 1);
      // @ts-expect-error mapping what is no list
      map(i.s, () => 1);
      // @ts-expect-error looking into a large value
      const j = big(null).at(0);
      // @ts-expect-error mapping a large value
      map(big(null), () => 1);
      // @ts-expect-error comparing a large value
      eq(big(null), 'x');
      // @ts-expect-error a body that gives another type than the state has
      repeat(0, () => 'x', { max: 2, until: (n) => eq(n, 1) });
      // @ts-expect-error a repeat without an end
      repeat(0, (n) => num(n), { until: (n) => eq(n, 1) });
      // @ts-expect-error the wrong input for a child
      run(child, { n: 'x' });
      // @ts-expect-error a step where a workflow is wanted
      run(num, 1);
      // @ts-expect-error a misspelt option
      map([1], num, { concurency: 3 });
      // @ts-expect-error an attempt without a rescue
      attempt(() => 1);
      // @ts-expect-error a value where a branch is wanted
      parallel(num(1));
      // @ts-expect-error an event's name is a string
      waitFor(3);
      // @ts-expect-error an error's message is a string
      fail('Oops', 3);
      // @ts-expect-error some() is for Refs
      some(3);
      // @ts-expect-error present() is for Refs
      present('x');
      // @ts-expect-error a property that is not there
      const k = i.nothing;
      return [a, b, c, d, e, f, g, h, j, k];
    },
  }),
  // @ts-expect-error a retry without attempts
  step('no-attempts', { retry: { seconds: 3 }, run: () => 1 }),
  // @ts-expect-error a misspelt option of a step
  step('misspelt', { retries: 3, run: () => 1 }),
];

/** What `tsc` does not see, and the tracer does (`misuse.test.ts`): E4, E8, E13, E14, E16, E17, E18, E20. */
const unseen = (): unknown =>
  workflow('unseen', {
    input: z.object({ s: z.string(), n: z.number(), b: z.boolean() }),
    run(i) {
      while (gt(i.n, 1)) num(1);
      return [!i.b, `${i.s}`, JSON.stringify(i), { ...i }, i.n ?? 1];
    },
  });

test('the compiler is what checks this file', () => {
  expect(mistakes).toBeTypeOf('function');
  expect(unseen).toBeTypeOf('function');
});
