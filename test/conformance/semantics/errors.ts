import { expect } from 'vitest';
import { attempt, compensate, Failure, fail, type Json, map, run, step, workflow } from '../../../core/index.ts';
import { block, type Clause, clause, law, lit, only, ref, task } from './clause.ts';

const echo = step('echo', { run: (input) => input as Json });
const boom = step('boom', {
  run: (input): Json => {
    throw Object.assign(new Error(`m ${String(input)} "q" \\ $.x {}`), { name: String(input), data: [0, null, input] });
  },
});

/** What a rescue sees of whatever a step throws. */
const caughtOf = (thrown: () => unknown) =>
  law([{ kind: 'attempt', id: 'a', body: block(task('t', 'throws')), rescue: only(ref('a.error')) }], ref('a'), {
    throws: () => {
      throw thrown();
    },
  });

const named = (name: string, message = 'm'): Error => Object.assign(new Error(message), { name });

export const errorClauses: readonly Clause[] = [
  ...(
    [
      ['an error', () => named('Mine'), 'Mine', 'm'],
      ['a built-in error', () => new TypeError('m'), 'TypeError', 'm'],
      ['an error without a name', () => named(''), 'Error', 'm'],
      ['an object without a name', () => ({ message: 'm' }), 'Error', 'm'],
      ['an object without a message', () => ({ name: 'Mine' }), 'Mine', ''],
      ['null', () => null, 'Error', 'null'],
      ['undefined', () => undefined, 'Error', 'undefined'],
      ['a string', () => 'text', 'Error', 'text'],
      ['a number', () => 0, 'Error', '0'],
      ['an error of a reserved name', () => named('States.Timeout'), 'Error', 'm'],
      ['a Failure', () => new Failure({ name: 'Mine', message: 'm' }), 'Mine', 'm'],
      ['a Failure of a reserved name', () => new Failure({ name: 'States.Timeout', message: 'm' }), 'Error', 'm'],
      ['an error called MissingValue', () => named('MissingValue'), 'MissingValue', 'm'],
    ] as const
  ).map(([what, thrown, name, message]) =>
    clause(14, `${what} thrown becomes { name, message, data }`, async (t) => {
      expect(await t.output(caughtOf(thrown))).toStrictEqual({ name, message, data: null });
    }),
  ),
  clause(14, 'data is JSON, absent and null are one, and what is no JSON is left out', async (t) => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const datas: [unknown, Json][] = [
      ...([0, '', false, [], {}, [0, null], { a: { b: 1 } }] as Json[]).map((data): [unknown, Json] => [data, data]),
      ...([
        [undefined, null],
        [null, null],
        [new Date(0), '1970-01-01T00:00:00.000Z'],
        [cyclic, null],
      ] as [unknown, Json][]),
    ];
    for (const [data, expected] of datas)
      expect(await t.output(caughtOf(() => Object.assign(new Error('m'), { data })))).toStrictEqual({
        ...{ name: 'Error', message: 'm' },
        data: expected,
      });
  }),
  clause(14, 'what is too long loses the end of a long message, or its data, or both', async (t) => {
    const caught = (message: string, data: string) =>
      t.output(caughtOf(() => Object.assign(named('Mine', message), { data })));
    const [long, longer, small, large] = ['m'.repeat(8_000), 'm'.repeat(9_000), 'd'.repeat(20_000), 'd'.repeat(30_000)];
    expect(await caught(long, small)).toStrictEqual({ name: 'Mine', message: long, data: small });
    const cut = `${'m'.repeat(3_750)}…`;
    expect(await caught(longer, small)).toStrictEqual({ name: 'Mine', message: cut, data: small });
    expect(await caught(longer, large)).toStrictEqual({ name: 'Mine', message: longer, data: null });
    const short = await t.error(
      law([task('t', 'throws')], ref('t'), {
        throws: () => {
          throw Object.assign(named('Mine', 'é'.repeat(1_000_000)), { data: large });
        },
      }),
    );
    expect(short).toEqual({ name: 'Mine', message: `${'é'.repeat(3_750)}…` });
  }),
  clause(14, 'an error that nobody catches is the error of the run', async (t) => {
    const whole = workflow('law', { run: () => map([1], () => boom('Mine')) });
    expect(await t.error(whole)).toEqual({ name: 'Mine', message: 'm Mine "q" \\ $.x {}', data: [0, null, 'Mine'] });
    const bare = workflow('law', { run: () => fail('Bare') });
    expect(await t.error(bare)).toEqual({ name: 'Bare', message: '' });
  }),
  clause(21, 'the nearest attempt whose `on` has the name catches', async (t) => {
    const whole = workflow('law', {
      run: () =>
        map(['A', 'B', 'C'], (name) =>
          attempt(
            () =>
              attempt(
                () =>
                  attempt(
                    () => boom(name),
                    (e) => ['inner', e.name],
                    { on: ['A', 'Z'] },
                  ),
                (e) => ['middle', e.name],
                { on: ['B'] },
              ),
            (e) => ['outer', e.name],
          ),
        ),
    });
    expect(await t.output(whole)).toStrictEqual([
      ['inner', 'A'],
      ['middle', 'B'],
      ['outer', 'C'],
    ]);
  }),
  clause(21, 'names match exactly, and an empty `on` catches nothing', async (t) => {
    const attempts = [['boom'], ['Boo'], ['Boom.*'], ['Error'], []].reduce<object>(
      (body, on, index) => block({ kind: 'attempt', id: `a${index}`, body, on, rescue: only(lit('caught')) }),
      block({ kind: 'fail', id: 'f', error: 'Boom', message: lit('m') }),
    ) as { nodes: object[]; out: object };
    expect(await t.error(law(attempts.nodes, attempts.out))).toMatchObject({ name: 'Boom' });
  }),
  clause(21, 'an error in a rescue goes outward, past its own attempt', async (t) => {
    const whole = workflow('law', {
      run: () =>
        attempt(
          () =>
            attempt(
              () => boom('First'),
              (first) => {
                echo(first.name);
                return boom('Second');
              },
            ),
          (second) => [second.name, second.data],
        ),
    });
    expect(await t.output(whole)).toStrictEqual(['Second', [0, null, 'Second']]);
  }),
  clause(21, 'each rescue sees its own error, also where they are nested', async (t) => {
    const whole = workflow('law', {
      run: () =>
        attempt(
          () => boom('First'),
          (first) =>
            attempt(
              () => boom('Second'),
              (second) => [first.name, second.name],
            ),
        ),
    });
    expect(await t.output(whole)).toStrictEqual(['First', 'Second']);
  }),
  clause(21, 'errors come out of maps, repeats and children by their own name', async (t) => {
    const child = workflow('child', { run: (input) => map([0], () => boom(input)) });
    const whole = workflow('law', {
      run: () => [
        attempt(
          () => run(child, 'A'),
          (e) => e.name,
          { on: ['A'] },
        ),
        attempt(
          () => map([1], () => map([2], () => boom('B'))),
          (e) => e.name,
          { on: ['B'] },
        ),
      ],
    });
    expect(await t.output(whole)).toStrictEqual(['A', 'B']);
  }),
  clause(21, 'a body that does not fail is not rescued, whatever it gives', async (t) => {
    const whole = workflow('law', {
      run: () =>
        map([0, '', false, null], (value) =>
          attempt(
            () => value,
            () => 'rescued',
          ),
        ),
    });
    expect(await t.output(whole)).toStrictEqual([0, '', false, null]);
  }),
  clause(26, 'fail carries its name, message and data', async (t) => {
    const whole = workflow('law', {
      run: (input) =>
        attempt(
          () => {
            fail('Custom', input as never as string, { a: [input, null] });
            echo('never');
          },
          (error) => error,
        ),
    });
    const { calls, outcome } = await t.run(whole, 'say "hi" \\ {} $.x');
    expect(outcome).toStrictEqual({
      output: { name: 'Custom', message: 'say "hi" \\ {} $.x', data: { a: ['say "hi" \\ {} $.x', null] } },
    });
    expect(calls).toHaveLength(0);
  }),
  clause(26, 'a message that is no string becomes its JSON text', async (t) => {
    for (const value of [0, null, false, [1, 'a'], { a: '' }] as Json[]) {
      const failing = law([{ kind: 'fail', id: 'f', error: 'Custom', message: ref('in') }], lit(0));
      expect(await t.error(failing, value)).toEqual({ name: 'Custom', message: JSON.stringify(value) });
    }
  }),
  clause(26, 'an error may be raised again under its own name', async (t) => {
    const undone: Json[] = [];
    const undo = step('undo', { run: (input) => void undone.push(input as Json) });
    const whole = workflow('law', {
      run: () =>
        compensate(
          () => echo('a'),
          (done) => undo(done),
          () =>
            compensate(
              () => echo('b'),
              (done, error) => undo([done, error.name]),
              () => boom('Late'),
            ),
        ),
    });
    expect(await t.error(whole)).toEqual({ name: 'Late', message: 'm Late "q" \\ $.x {}', data: [0, null, 'Late'] });
    expect(undone).toStrictEqual([['b', 'Late'], 'a']);
  }),
  clause(26, 'a reserved or empty name raised again is Error', async (t) => {
    for (const name of ['', 'States.ALL', 'States.Timeout']) {
      const failing = law([{ kind: 'fail', id: 'f', error: ref('in'), message: lit('m') }], lit(0));
      expect(await t.error(failing, name)).toEqual({ name: 'Error', message: 'm' });
    }
  }),
];
