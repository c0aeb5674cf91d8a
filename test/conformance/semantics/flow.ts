import { expect } from 'vitest';
import {
  attempt,
  choose,
  DefinitionError,
  eq,
  gt,
  type Json,
  map,
  parallel,
  repeat,
  run,
  step,
  when,
  workflow,
} from '../../../core/index.ts';
import { asks, block, type Clause, clause, law, lit, only, ref, task } from './clause.ts';

const echo = step('echo', { run: (input) => input as Json });
const keysOf = (calls: readonly { key: string }[]): string[] => calls.map((call) => call.key).sort();

export const flowClauses: readonly Clause[] = [
  clause(10, 'nodes run in order, whether their result is used or not', async (t) => {
    const ids = ['first', 'second', 'third', 'fourth'];
    const { calls, outcome } = await t.run(
      law(
        ids.map((id) => task(id, 'echo')),
        lit('done'),
      ),
    );
    expect(outcome).toStrictEqual({ output: 'done' });
    expect(calls.map((call) => call.key)).toStrictEqual(ids.map((id) => `r/${id}`));
  }),
  clause(11, 'a body sees the variables of every block around it', async (t) => {
    const whole = workflow('law', {
      run: (input) => {
        const outer = echo({ outer: input });
        return map([10, 20], (a, i) =>
          attempt(
            () =>
              when(
                gt(a, 10),
                () => map([1], (b, j) => echo([outer, a, i, b, j])),
                () => [outer, a, i],
              ),
            () => 'unused',
          ),
        );
      },
    });
    const outer = { outer: 'in' };
    expect(await t.output(whole, 'in')).toStrictEqual([[outer, 10, 0], [[outer, 20, 1, 1, 0]]]);
  }),
  clause(11, 'nothing but the result escapes from a body', async () => {
    const inner = block(task('hidden', 'echo'));
    const outers = [
      { kind: 'map', id: 'n', items: lit([1]), body: inner },
      { kind: 'parallel', id: 'n', branches: [inner] },
      { kind: 'attempt', id: 'n', body: inner, rescue: only(lit(0)) },
      { kind: 'attempt', id: 'n', body: only(lit(0)), rescue: inner },
      { kind: 'run', id: 'n', workflow: 'c', input: lit(0), body: inner },
    ];
    const escapes = ['hidden', 'n.item', 'n.index', 'n.error', 'n.state', 'n.in'];
    for (const outer of outers)
      for (const name of escapes) expect(() => law([outer], ref(name))).toThrow(DefinitionError);
    expect(() => law([{ kind: 'attempt', id: 'n', body: only(ref('n.error')), rescue: inner }], lit(0))).toThrow(
      'SK204',
    );
    expect(() => law([task('a', 'echo', ref('b')), task('b', 'echo')], lit(0))).toThrow('SK204');
  }),
  clause(12, 'a call is keyed run/node/indices, of maps and repeats, outermost first', async (t) => {
    const body = block(task('t', 'echo'));
    const repeated = { kind: 'repeat', id: 'rep', init: lit(0), max: 2, until: { truthy: lit(false) }, body };
    const branch = { kind: 'parallel', id: 'par', branches: [block(repeated)] };
    const mapped = { kind: 'map', id: 'inner', items: ref('outer.item'), body: block(branch) };
    const child = { kind: 'run', id: 'child', workflow: 'c', input: lit(0), body: block(mapped) };
    const outer = { kind: 'map', id: 'outer', items: lit([['a', 'b'], ['c']]), body: block(child) };
    const { calls } = await t.run(law([outer, task('last', 'echo')], lit(0)));
    const expected = ['0/0/0', '0/0/1', '0/1/0', '0/1/1', '1/0/0', '1/0/1'].map((indices) => `r/t/${indices}`);
    expect(keysOf(calls)).toStrictEqual(['r/last', ...expected].sort());
  }),
  clause(12, 'every attempt has the same key, and knows which one it is', async (t) => {
    const seen: unknown[] = [];
    const retry = { attempts: 3, seconds: 1, rate: 1 };
    const code = (
      _: Json,
      { idempotencyKey, attempt, run }: { idempotencyKey: string; attempt: number; run: string },
    ) => {
      seen.push([run, idempotencyKey, attempt]);
      if (attempt < 3) throw new Error('again');
      return attempt;
    };
    const body = block(task('t', 'code', lit(null), { retry }));
    const mapped = { kind: 'map', id: 'm', items: lit([0]), body };
    const { calls, outcome } = await t.run(law([mapped], ref('m'), { code }));
    expect(outcome).toStrictEqual({ output: [3] });
    expect(seen).toStrictEqual([1, 2, 3].map((attempt) => ['r', 'r/t/0', attempt]));
    expect(keysOf(calls)).toStrictEqual(['r/t/0', 'r/t/0', 'r/t/0']);
  }),
  clause(18, 'a map keeps the order of its items, and an empty one is empty', async (t) => {
    const slow = step('slow', {
      run: async (turns: unknown) => {
        for (let turn = 0; turn < (turns as number); turn++) await new Promise((resolve) => setImmediate(resolve));
        return turns as number;
      },
    });
    const whole = workflow('law', {
      run: () => [map([5, 0, 3, 1], (n, i) => [slow(n), i]), map([], (n) => echo(n)), map([0, '', null], (v) => v)],
    });
    expect(await t.output(whole)).toStrictEqual([
      [
        [5, 0],
        [0, 1],
        [3, 2],
        [1, 3],
      ],
      [],
      [0, '', null],
    ]);
  }),
  clause(19, 'the results of a parallel are in the order of its branches', async (t) => {
    const whole = workflow('law', {
      run: () => {
        const [a, b, c, d] = parallel(
          () => echo(echo(echo('slow'))),
          () => null,
          () => 0,
          () => echo(false),
        );
        return { a, b, c, d };
      },
    });
    expect(await t.output(whole)).toStrictEqual({ a: 'slow', b: null, c: 0, d: false });
    expect(await t.output(law([{ kind: 'parallel', id: 'p', branches: [] }], ref('p')))).toStrictEqual([]);
  }),
  clause(20, 'the first true case wins, else `else`; the others do not run', async (t) => {
    const whole = workflow('law', {
      run: () =>
        map([0, 1, 2, 3], (n) =>
          choose(
            [
              [eq(n, 1), () => echo('one')],
              [gt(n, 0), () => echo('more')],
              [eq(n, 2), () => echo('never')],
            ],
            () => echo('else'),
          ),
        ),
    });
    const { calls, outcome } = await t.run(whole);
    expect(outcome).toStrictEqual({ output: ['else', 'one', 'more', 'more'] });
    expect(calls.map((call) => call.input).sort()).toStrictEqual(['else', 'more', 'more', 'one']);
  }),
  clause(20, 'without `else` the value is null', async (t) => {
    const whole = workflow('law', { run: (input) => when(eq(input as never, 1), () => 'one') });
    expect(await t.output(whole, 0)).toBeNull();
  }),
  clause(22, 'a repeat tests after each round what the round gave, and gives the last state', async (t) => {
    const count = step('count', { run: (input) => ((input as number) ?? 0) + 1 });
    const whole = workflow('law', {
      run: () => ({
        once: repeat(5, (n) => count(n), { until: (n) => gt(n, 0), max: 9 }),
        until: repeat(0, (n) => count(n), { until: (n) => eq(n, 3), max: 9 }),
        max: repeat(0, (n) => count(n), { until: (n) => eq(n, -1), max: 4 }),
        index: repeat(7, (_, i) => count(i), { until: (_, i) => eq(i, 2), max: 9 }),
      }),
    });
    expect(await t.output(whole)).toStrictEqual({ once: 6, until: 3, max: 4, index: 3 });
  }),
  clause(22, 'a falsy state is a state', async (t) => {
    for (const value of [0, '', false, null, []]) {
      const looped = {
        ...{ kind: 'repeat', id: 'l', init: lit('start'), max: 2 },
        ...{ until: { truthy: lit(false) }, body: block(task('e', 'echo', lit(value))) },
      };
      expect(await t.output(law([looped], ref('l')))).toStrictEqual(value);
    }
  }),
  clause(22, 'a state may be what the state before it held', async (t) => {
    const chain = workflow('law', {
      run: () =>
        repeat({ n: 0, next: { n: 1, next: { n: 2, next: null } } }, (s) => (s as never as { next: never }).next, {
          until: (s) => eq((s as never as { next: never }).next, null),
          max: 9,
        }),
    });
    expect(await t.output(chain)).toStrictEqual({ n: 2, next: null });
  }),
  clause(25, 'a child is a scope of the same run: its keys, its input and the names of its errors', async (t) => {
    const boom = step('boom', {
      run: (input) => {
        throw Object.assign(new Error('of the child'), { name: 'ChildError', data: input });
      },
    });
    const child = workflow('child', {
      run: (input) =>
        attempt(
          () => boom(input),
          (e) => echo([e.name, input]),
          { on: ['Other'] },
        ),
    });
    const parent = workflow('law', {
      run: (input) =>
        attempt(
          () => [run(child, 1), run(child, input)],
          (error) => echo([error.name, error.message, error.data, input]),
        ),
    });
    const { calls, outcome } = await t.run(parent, 'mine');
    expect(outcome).toStrictEqual({ output: ['ChildError', 'of the child', 1, 'mine'] });
    expect(calls.every((call) => call.key.startsWith('r/'))).toBe(true);
    expect(new Set(keysOf(calls)).size).toBe(calls.length);
  }),
  clause(25, 'a child run twice has keys of its own each time', async (t) => {
    const child = workflow('child', { run: (input) => map([0, 1], (i) => echo([i, input])) });
    const parent = workflow('law', { run: () => [run(child, 'a'), run(child, 'b')] });
    const { calls, outcome } = await t.run(parent);
    expect(outcome).toStrictEqual({
      output: [
        [
          [0, 'a'],
          [1, 'a'],
        ],
        [
          [0, 'b'],
          [1, 'b'],
        ],
      ],
    });
    expect(new Set(keysOf(calls)).size).toBe(4);
  }),
  clause(32, 'and, or and not stop as soon as they know; only true is true', async (t) => {
    const miss = { truthy: ref('in', 'absent', 'x') };
    const [yes, no] = [{ truthy: lit(true) }, { truthy: lit(false) }];
    const conditions = [
      ...[{ and: [no, miss] }, { or: [yes, miss] }, { and: [] }, { or: [] }],
      ...[{ not: { or: [no, no] } }, { not: { and: [yes, { not: no }] } }],
      ...[1, 'true', {}, null].map((value) => ({ truthy: lit(value) })),
    ];
    const nodes = conditions.map((condition, index) => asks(`c${index}`, condition));
    const out = { arr: nodes.map((_, index) => ref(`c${index}`)) };
    const [t1, f] = [true, false];
    expect(await t.output(law(nodes, out), {})).toStrictEqual([f, t1, t1, f, t1, f, f, f, f, f]);
    expect(await t.error(law([asks('c', { or: [no, miss] })], ref('c')), {})).toMatchObject({ name: 'MissingValue' });
  }),
];
