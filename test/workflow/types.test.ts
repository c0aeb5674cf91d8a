import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  attempt,
  type CaughtError,
  choose,
  compensate,
  eq,
  gt,
  type Json,
  type Large,
  large,
  map,
  parallel,
  present,
  type Ref,
  repeat,
  run,
  some,
  step,
  type Workflow,
  waitFor,
  when,
  workflow,
} from '../../core/index.ts';

const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.literal('square'), side: z.number() }),
]);
const describeIt = step('describe', {
  input: z.object({ key: z.string(), limit: z.number().optional() }),
  output: z.object({
    size: z.number(),
    note: z.string().optional(),
    fresh: z.boolean(),
    origin: z.object({ page: z.number() }).nullable(),
    shape,
    counts: z.record(z.string(), z.number()),
    pair: z.tuple([z.string(), z.number()]),
    tags: z.array(z.string()),
  }),
  run: (): never => {
    throw new Error('only its types are looked at');
  },
});
const num = step('num', { input: z.number(), output: z.number(), run: (value) => value });
const str = step('str', { input: z.string(), run: async (value) => value.length });
const none = step('none', { run: () => undefined });
const big = step('big', { output: large(z.array(z.string())), run: () => ['x'] });
const useBig = step('use-big', { input: z.object({ list: z.array(z.string()) }), run: ({ list }) => list.length });

/** The type that a workflow's result has, and its input's. */
type OutputOf<W> = W extends Workflow<infer _, infer O> ? O : never;
type InputOf<W> = W extends Workflow<infer I, infer _> ? I : never;

test('what a step returns', () => {
  workflow('steps', {
    input: z.object({ key: z.string() }),
    run(input) {
      expectTypeOf<typeof input.key>().toEqualTypeOf<Ref<string>>();
      const one = describeIt({ key: input.key });
      expectTypeOf<typeof one.size>().toEqualTypeOf<Ref<number>>();
      expectTypeOf<typeof one.note>().toEqualTypeOf<Ref<string | null>>();
      expectTypeOf<typeof one.shape.kind>().toEqualTypeOf<Ref<'circle'> | Ref<'square'>>();
      expectTypeOf<typeof one.counts.any>().toExtend<Ref<number> | undefined>();
      expectTypeOf<typeof one.tags.length>().toEqualTypeOf<Ref<number>>();
      expectTypeOf<ReturnType<typeof one.tags.at>>().toEqualTypeOf<Ref<string>>();
      expectTypeOf<ReturnType<typeof one.pair.at>>().toEqualTypeOf<Ref<string | number>>();
      expectTypeOf(str(input.key)).toEqualTypeOf<Ref<number>>();
      expectTypeOf(none(null)).toEqualTypeOf<Ref<undefined>>();
      const { page } = some(one.origin);
      expectTypeOf(page).toEqualTypeOf<Ref<number>>();
      return page;
    },
  });
});

test('what each combinator gives', () => {
  const whole = workflow('combinators', {
    input: z.object({ keys: z.array(z.string()), flag: z.boolean(), kind: z.enum(['a', 'b']) }),
    run(input) {
      const mapped = map(input.keys, (key, index) => ({ key, index, size: describeIt({ key }).size }));
      const [left, right, fixed] = parallel(
        () => num(1),
        () => str('x'),
        () => ({ three: 3 }),
      );
      const maybe = when(input.flag, () => ({ left }));
      const either = when(
        gt(left, 1),
        () => 'many',
        () => right,
      );
      const chosen = choose(
        [
          [eq(input.kind, 'a'), () => num(1)],
          [eq(input.kind, 'b'), () => ({ deep: [num(2)] })],
        ],
        () => 'neither',
      );
      const tried = attempt(
        () => num(1),
        (error) => {
          expectTypeOf(error).toEqualTypeOf<Ref<CaughtError>>();
          return error.name;
        },
      );
      const counted = repeat(
        { n: num(0), names: [] as string[] },
        (state) => ({ n: num(state.n), names: state.names }),
        {
          max: 3,
          until: (state) => gt(state.n, 2),
        },
      );
      const saga = compensate(
        () => num(1),
        (done) => num(done),
        (done) => ({ done }),
      );
      const event = waitFor('go', { schema: z.object({ ok: z.boolean() }) });
      const untyped = waitFor('other');
      return { mapped, left, right, fixed, maybe, either, chosen, tried, counted, saga, event, untyped };
    },
  });
  type Got = OutputOf<typeof whole>;
  expectTypeOf<Got['mapped']>().toEqualTypeOf<{ key: string; index: number; size: number }[]>();
  expectTypeOf<Got['left']>().toEqualTypeOf<number>();
  expectTypeOf<Got['fixed']>().toEqualTypeOf<{ three: number }>();
  expectTypeOf<Got['maybe']>().toEqualTypeOf<{ left: number } | null>();
  expectTypeOf<Got['either']>().toEqualTypeOf<string | number>();
  expectTypeOf<Got['chosen']>().toEqualTypeOf<string | number | { deep: number[] }>();
  expectTypeOf<Got['tried']>().toEqualTypeOf<string | number>();
  expectTypeOf<Got['counted']>().toEqualTypeOf<{ n: number; names: string[] }>();
  expectTypeOf<Got['saga']>().toEqualTypeOf<{ done: number }>();
  expectTypeOf<Got['event']>().toEqualTypeOf<{ ok: boolean }>();
  expectTypeOf<Got['untyped']>().toEqualTypeOf<Json>();
});

test('lists with Refs inside, nested maps, a child', () => {
  const child = workflow('child', {
    input: z.object({ n: z.number(), unit: z.string().default('m') }),
    run: (input) => ({ doubled: num(input.n), unit: input.unit }),
  });
  const whole = workflow('nested', {
    input: z.object({ rows: z.array(z.array(z.number())) }),
    run(input) {
      const grid = map(input.rows, (row) => map(row, (cell) => num(cell)));
      const listed = map([num(1), num(2)], (one) => num(one));
      const objects = map([{ a: num(1), b: 'x' }], (one) => ({ sum: num(one.a), b: one.b }));
      const part = run(child, { n: grid.at(0).at(0) });
      return { grid, listed, objects, part };
    },
  });
  expectTypeOf<OutputOf<typeof whole>>().toEqualTypeOf<{
    grid: number[][];
    listed: number[];
    objects: { sum: number; b: string }[];
    part: { doubled: number; unit: string };
  }>();
});

test('a large value is opaque, and a step takes it where it wants the value itself', () => {
  workflow('large', {
    run() {
      const list = big(null);
      expectTypeOf(list).toEqualTypeOf<Ref<Large<string[]>>>();
      return useBig({ list });
    },
  });
});

test('null has to be ruled out first', () => {
  workflow('nullable', {
    input: z.object({ user: z.object({ name: z.string() }).nullable() }),
    run: ({ user }) =>
      when(
        present(user),
        () => str(some(user).name),
        () => 0,
      ),
  });
});

test('a schema has two sides: callers give the one, code gets the other', () => {
  const zodSides = z.object({ when: z.string().transform((text) => text.length), limit: z.number().default(4) });
  const viaZod = step('via-zod', {
    input: zodSides,
    output: z.string().transform(Number),
    run: ({ when: at }) => `${at}`,
  });
  const valibotSides = v.object({
    when: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
    limit: v.optional(v.number(), 4),
  });
  const viaValibot = step('via-valibot', {
    input: valibotSides,
    run: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ when: number; limit: number }>();
      return input;
    },
  });
  const whole = workflow('sides', {
    input: valibotSides,
    run(input) {
      expectTypeOf<typeof input.when>().toEqualTypeOf<Ref<number>>();
      expectTypeOf(viaZod({ when: 'now' })).toEqualTypeOf<Ref<number>>();
      return viaValibot({ when: 'now' }).limit;
    },
  });
  expectTypeOf<InputOf<typeof whole>>().toEqualTypeOf<{ when: string; limit?: number | undefined }>();
  expectTypeOf<OutputOf<typeof whole>>().toEqualTypeOf<number>();
  const zodWhole = workflow('zod-sides', { input: zodSides, run: (input) => input.limit });
  expectTypeOf<InputOf<typeof zodWhole>>().toEqualTypeOf<{ when: string; limit?: number | undefined }>();
});
