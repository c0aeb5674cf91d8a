import { expect } from 'vitest';
import { attempt, fail, type Json, map, parallel, sleep, step, workflow } from '../../../core/index.ts';
import { block, type Clause, clause, law, lit, ref, task, turns } from './clause.ts';

const boom = step('boom', {
  run: (input): Json => {
    throw Object.assign(new Error('m'), { name: String(input) });
  },
});
const echo = step('echo', { run: (input) => input as Json });
const inputs = (calls: readonly { input: Json }[]): Json[] => calls.map((call) => call.input);

/** A step that counts how many of its calls are at work at once. */
function crowd() {
  const group = new Map<string, number>();
  const most = new Map<string, number>();
  const busy = async (input: Json): Promise<null> => {
    const name = String(input);
    const now = (group.get(name) ?? 0) + 1;
    group.set(name, now);
    most.set(name, Math.max(now, most.get(name) ?? 0));
    await turns(20);
    group.set(name, (group.get(name) ?? 0) - 1);
    return null;
  };
  return { busy, most };
}

export const fanOutClauses: readonly Clause[] = [
  ...[
    { concurrency: 1, size: 4 },
    { concurrency: 3, size: 10 },
    { concurrency: undefined, size: 90 },
  ].map(({ concurrency, size }) =>
    clause(18, `a map works on at most ${concurrency ?? '40 items, its default,'} at once`, async (t) => {
      const { busy, most } = crowd();
      const items = lit(Array.from({ length: size }, () => 'all'));
      const mapped = {
        ...{ kind: 'map', id: 'm', items, body: block(task('t', 'busy', ref('m.item'))) },
        ...(concurrency !== undefined && { concurrency }),
      };
      const { calls } = await t.run(law([mapped], lit(0), { busy }));
      expect(calls).toHaveLength(size);
      expect(most.get('all')).toBeLessThanOrEqual(concurrency ?? 40);
    }),
  ),
  clause(18, 'a map inside a map keeps a bound of its own', async (t) => {
    const { busy, most } = crowd();
    const inner = {
      ...{ kind: 'map', id: 'inner', items: lit([0, 1, 2, 3, 4]), concurrency: 2 },
      body: block(task('t', 'busy', ref('outer.item'))),
    };
    const outer = { kind: 'map', id: 'outer', items: lit(['a', 'b', 'c']), concurrency: 2, body: block(inner) };
    await t.run(law([outer], lit(0), { busy }));
    for (const name of ['a', 'b', 'c']) expect(most.get(name)).toBeLessThanOrEqual(2);
  }),
  clause(17, 'where nothing fails, the calls are the same multiset every time', async (t) => {
    const whole = workflow('law', {
      run: () =>
        map([1, 2, 3], (a) =>
          parallel(
            () => echo([a, 'left']),
            () => map(['x', 'y'], (b) => echo([a, b])),
          ),
        ),
    });
    const expected = [1, 2, 3].flatMap((a) => ['left', 'x', 'y'].map((b) => [a, b]));
    const sorted = (list: readonly Json[]): string[] => list.map((item) => JSON.stringify(item)).sort();
    for (let time = 0; time < 3; time++)
      expect(sorted(inputs((await t.run(whole)).calls))).toStrictEqual(sorted(expected));
  }),
  clause(17, 'of several failures the error is one that an item raised', async (t) => {
    const whole = workflow('law', { run: () => map(['A', 'B', 'C'], (name) => boom(name)) });
    const { calls, outcome } = await t.run(whole);
    expect(['A', 'B', 'C']).toContain('error' in outcome && outcome.error.name);
    expect(['A', 'B', 'C']).toEqual(expect.arrayContaining(inputs(calls)));
  }),
  clause(17, 'items one after the other stop at the first that fails', async (t) => {
    const body = block(task('t', 'fails', ref('m.item')));
    const fails = (input: Json): Json => {
      if (input === 'B' || input === 'D') throw Object.assign(new Error('m'), { name: input });
      return input;
    };
    const mapped = { kind: 'map', id: 'm', items: lit(['A', 'B', 'C', 'D']), concurrency: 1, body };
    const { calls, outcome } = await t.run(law([mapped], lit(0), { fails }));
    expect(outcome).toMatchObject({ error: { name: 'B' } });
    expect(inputs(calls)).toStrictEqual(['A', 'B']);
  }),
  clause(33, 'when a branch fails its siblings stop sleeping and start nothing', async (t) => {
    const asleep = (text: string) => {
      sleep(1_000_000);
      return echo(text);
    };
    const whole = workflow('law', {
      run: () =>
        attempt(
          () =>
            parallel(
              () => asleep('late'),
              () => map([1, 2, 3], () => asleep('late too'), { concurrency: 1 }),
              () => fail('Early'),
            ),
          (error) => echo(error.name),
        ),
    });
    const { calls, outcome } = await t.run(whole);
    expect(outcome).toStrictEqual({ output: 'Early' });
    expect(inputs(calls)).toStrictEqual(['Early']);
  }),
  clause(33, 'no item is started after one has failed', async (t) => {
    const items = lit(Array.from({ length: 50 }, (_, index) => index));
    const fails = (input: Json): Json => {
      if (input === 0) throw new Error('m');
      return turns(5).then(() => input) as never;
    };
    const mapped = { kind: 'map', id: 'm', items, concurrency: 5, body: block(task('t', 'fails', ref('m.item'))) };
    const { calls } = await t.run(law([mapped], lit(0), { fails }));
    expect(calls.length).toBeLessThanOrEqual(10);
  }),
  clause(33, 'a step at work is told by its signal, and awaited; its own error does not count', async (t) => {
    const order: string[] = [];
    const working = step('working', {
      run: (_, { signal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () =>
            turns(10).then(() => {
              order.push('let go');
              reject(Object.assign(new Error('m'), { name: 'Second' }));
            }),
          );
        }),
    });
    const rescued = step('rescued', { run: (input) => void order.push(`rescued ${String(input)}`) });
    const whole = workflow('law', {
      run: () =>
        attempt(
          () =>
            parallel(
              () => working(null),
              () => map([1], () => working(null)),
              () => boom('First'),
            ),
          (error) => {
            rescued(error.name);
            return error.name;
          },
        ),
    });
    expect(await t.output(whole)).toBe('First');
    expect(order).toStrictEqual(['let go', 'let go', 'rescued First']);
  }),
  clause(33, 'an attempt in a sibling cannot go on after the others have failed', async (t) => {
    const working = step('working', {
      run: (_, { signal }) =>
        new Promise<never>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('interrupted'))),
        ),
    });
    const whole = workflow('law', {
      run: () =>
        parallel(
          () =>
            attempt(
              () => working(null),
              () => echo('never'),
            ),
          () => boom('First'),
        ),
    });
    const { calls, outcome } = await t.run(whole);
    expect(outcome).toMatchObject({ error: { name: 'First' } });
    expect(inputs(calls)).not.toContain('never');
  }),
];
