import { expect } from 'vitest';
import { DefinitionError, eq, type Json, map, step, when, workflow } from '../../../core/index.ts';
import { asks, type Clause, clause, law, lit, only, ref, task } from './clause.ts';

const AWKWARD = { zero: 0, empty: '', no: false, nil: null, list: [], record: {}, one: [null, 0, '', false] } as const;
const TRICKY = [
  '$.x',
  '$$.y',
  "States.Format('{}', $.x)",
  '{}',
  'it\'s "so"',
  'back\\slash\\',
  ',(',
  '\u2028💥\u0000é',
];

export const valueClauses: readonly Clause[] = [
  clause(1, 'numbers are finite doubles and there is one zero', async (t) => {
    const numbers = [0.1, 1e21, 1e-7, -1.5, 1.7976931348623157e308, 9007199254740991];
    const given = step('given', { run: () => [...numbers, -0, Number.NaN, Number.POSITIVE_INFINITY] });
    const whole = workflow('law', { run: () => given(null) });
    expect(await t.output(whole)).toStrictEqual([...numbers, 0, null, null]);
  }),
  clause(1, 'a negative zero is zero wherever it comes from', async (t) => {
    const seen: unknown[] = [];
    const see = (input: Json): null => {
      seen.push(input);
      return null;
    };
    await t.output(law([task('a', 'see', lit(-0)), task('b', 'see', ref('in'))], lit(null), { see }), -0);
    expect(seen).toStrictEqual([0, 0]);
  }),
  clause(2, 'a step result is what JSON makes of it', async (t) => {
    const undefinedStep = step('none', { run: () => undefined });
    const objects = step('objects', {
      run: () => ({ at: new Date(0), gone: undefined, inner: [undefined, () => 1], own: { toJSON: () => 'own' } }),
    });
    const whole = workflow('law', { run: () => [undefinedStep(null), objects(null)] });
    expect(await t.output(whole)).toStrictEqual([
      null,
      { at: '1970-01-01T00:00:00.000Z', inner: [null, null], own: 'own' },
    ]);
  }),
  clause(2, 'a step result that JSON has no word for is InvalidOutput, and its place is named', async (t) => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    for (const [made, place] of [
      [{ a: [0, { much: 1n }] }, "'much'"],
      [cyclic, "'self'"],
    ] as const) {
      const whole = workflow('law', { run: () => step('made', { run: () => made as never })(null) });
      const error = await t.error(whole);
      expect(error).toMatchObject({ name: 'InvalidOutput', data: { field: 'output' } });
      expect(error.message).toContain(`output: what step 'made' returned is no JSON, at ${place}`);
    }
    const bare = workflow('law', { run: () => step('made', { run: () => 1n as never })(null) });
    expect((await t.error(bare)).message).toContain('is no JSON: Do not know');
  }),
  clause(3, 'an absent property reads as null: of input, output, item, literal and error', async (t) => {
    const boom = (): never => {
      throw Object.assign(new Error('m'), { name: 'Boom', data: { there: 0 } });
    };
    const nodes = [
      task('made', 'echo', lit({ there: false })),
      {
        kind: 'map',
        id: 'each',
        items: ref('in', 'list'),
        body: only({ obj: [['v', ref('each.item', 'v')]] }),
      },
      { kind: 'run', id: 'child', workflow: 'c', input: lit({ x: {} }), body: only(ref('child.in', 'x', 'absent')) },
      {
        kind: 'attempt',
        id: 'caught',
        body: { nodes: [task('b', 'boom')], out: lit(null) },
        rescue: only({ arr: [ref('caught.error', 'data', 'there'), ref('caught.error', 'data', 'absent')] }),
      },
      task('sent', 'echo', { obj: [['n', ref('made', 'absent')]] }),
      asks('isNull', { cmp: 'eq', a: ref('made', 'absent'), b: lit(null) }),
    ];
    const out = {
      arr: [
        ref('in', 'absent'),
        ref('made', 'there'),
        ref('made', 'absent'),
        ...['each', 'child', 'caught', 'sent', 'isNull'].map((id) => ref(id)),
      ],
    };
    const list = [{ v: 1 }, {}, { v: '' }];
    expect(await t.output(law(nodes, out, { boom }), { list })).toStrictEqual([
      ...[null, false, null],
      [{ v: 1 }, { v: null }, { v: '' }],
      ...[null, [0, null], { n: null }, true],
    ]);
  }),
  clause(3, 'names that objects inherit are absent', async (t) => {
    const names = ['constructor', 'toString', 'hasOwnProperty'];
    expect(await t.output(law([], { arr: names.map((name) => ref('in', name)) }), {})).toStrictEqual([
      null,
      null,
      null,
    ]);
  }),
  ...(
    [
      ['a property of null', ref('in', 'nil', 'x')],
      ['a property of a number', ref('in', 'number', 'x')],
      ['a property of a string', ref('in', 'text', 'length')],
      ['a property of a property that is absent', ref('in', 'absent', 'x')],
      ['an item past the end', ref('in', 'list', 2)],
      ['a property of an array', ref('in', 'list', 'x')],
      ['the length of null', { len: ref('in', 'nil') }],
      ['the length of a string', { len: ref('in', 'text') }],
    ] as const
  ).map(([what, expr]) =>
    clause(4, `${what} ends the run with MissingValue, uncatchable`, async (t) => {
      const caught = { kind: 'attempt', id: 'a', body: only(expr), rescue: only(lit('caught')) };
      const input = { nil: null, number: 1, text: 'text', list: [1, 2] };
      expect(await t.error(law([caught], ref('a')), input)).toMatchObject({ name: 'MissingValue' });
    }),
  ),
  ...[null, {}, 'text', 3].map((items) =>
    clause(4, `a map over ${JSON.stringify(items)} ends the run with MissingValue, uncatchable`, async (t) => {
      const mapped = { kind: 'map', id: 'm', items: ref('in', 'items'), body: only(lit(1)) };
      const inner = { kind: 'parallel', id: 'p', branches: [{ nodes: [mapped], out: ref('m') }, only(lit(0))] };
      const caught = { kind: 'attempt', id: 'a', body: { nodes: [inner], out: ref('p') }, rescue: only(lit('caught')) };
      expect(await t.error(law([caught], ref('a')), { items })).toMatchObject({ name: 'MissingValue' });
    }),
  ),
  clause(5, 'the order of keys does not matter', async (t) => {
    const room = await t.open(law([], ref('in')));
    await room.start('law', { a: 1, b: { c: 2, d: 3 } }, { id: 'r' });
    await room.start('law', { b: { d: 3, c: 2 }, a: 1 }, { id: 'r' });
    expect(await room.result('r')).toEqual({ output: { a: 1, b: { c: 2, d: 3 } } });
  }),
  clause(5, 'keys that some engine would misread are refused when a workflow is defined', async () => {
    const refusal = (define: () => unknown): unknown => {
      try {
        return define();
      } catch (error) {
        return error instanceof DefinitionError ? error.code : error;
      }
    };
    expect(refusal(() => law([], lit({ 'x.$': 1 })))).toBe('SK115');
    expect(refusal(() => law([], { obj: [['x.$.y', lit(1)]] }))).toBe('SK115');
    for (const key of ["it's", 'a^b', '', '"', '\\', '__proto__'])
      expect(refusal(() => law([], ref('in', key)))).toBe('SK107');
  }),
  clause(5, 'keys of blanks, dots and letters of any language are read', async (t) => {
    const keys = ['odd key', 'a.b', 'é', '日本', 'a-b', '@id', '#', 'x:y', 'a/b'];
    const record = Object.fromEntries(keys.map((key, index) => [key, index]));
    const out = { arr: keys.map((key) => ref('in', key)) };
    expect(await t.output(law([], out), record)).toStrictEqual(keys.map((_, index) => index));
  }),
  clause(6, 'eq compares scalars strictly, and no object equals anything', async (t) => {
    const values: Json[] = [0, 1, '', '0', '1', false, true, null, [], {}, 'a'];
    const pairs = values.flatMap((a) => values.map((b) => ({ a, b })));
    const body = {
      nodes: [
        asks('same', { cmp: 'eq', a: ref('m.item', 'a'), b: ref('m.item', 'b') }),
        asks('other', { cmp: 'ne', a: ref('m.item', 'a'), b: ref('m.item', 'b') }),
      ],
      out: { arr: [ref('same'), ref('other')] },
    };
    const whole = law([{ kind: 'map', id: 'm', items: ref('in'), body }], ref('m'));
    const expected = pairs.map(({ a, b }) => {
      const same = (a === null || typeof a !== 'object') && a === b;
      return [same, !same];
    });
    expect(await t.output(whole, pairs)).toStrictEqual(expected);
  }),
  clause(6, 'an object is not equal to itself, and literals compare like references', async (t) => {
    const tests = [
      asks('self', { cmp: 'eq', a: ref('in'), b: ref('in') }),
      asks('unlike', { cmp: 'ne', a: lit({}), b: lit({}) }),
      asks('literal', { cmp: 'eq', a: lit('$.x'), b: lit('$.x') }),
    ];
    const out = { arr: [ref('self'), ref('unlike'), ref('literal')] };
    expect(await t.output(law(tests, out), {})).toStrictEqual([false, true, true]);
  }),
  clause(7, 'ordering is false unless both sides are numbers', async (t) => {
    const pairs = [
      ...[
        [1, 2],
        [2, 1],
        [1, 1],
        [-1.5, 0],
      ],
      ...[
        ['a', 'b'],
        [null, 1],
        [1, null],
        [false, true],
        ['1', 2],
        [[], [1]],
        [{}, 0],
      ],
    ].map(([a, b]) => ({ a, b })) as Json[];
    const nodes = (['lt', 'lte', 'gt', 'gte'] as const).map((cmp) =>
      asks(cmp, { cmp, a: ref('m.item', 'a'), b: ref('m.item', 'b') }),
    );
    const body = { nodes, out: { arr: [ref('lt'), ref('lte'), ref('gt'), ref('gte')] } };
    const never = Array.from({ length: 7 }, () => [false, false, false, false]);
    expect(await t.output(law([{ kind: 'map', id: 'm', items: ref('in'), body }], ref('m')), pairs)).toStrictEqual([
      [true, true, false, false],
      [false, false, true, true],
      [false, true, false, true],
      [true, true, false, false],
      ...never,
    ]);
  }),
  clause(8, 'present means there and not null, and never misses', async (t) => {
    const paths = [['zero'], ['empty'], ['no'], ['list'], ['record'], ['nil'], ['absent'], ['nil', 'x'], ['zero', 'x']];
    const nodes = [...paths, ['list', 0], ['one', 0], ['one', 1], ['absent', 'x', 'y']].map((path, index) =>
      asks(`p${index}`, { present: ref('in', ...path) }),
    );
    const out = { arr: nodes.map((_, index) => ref(`p${index}`)) };
    const [yes, no] = [true, false];
    expect(await t.output(law(nodes, out), AWKWARD as unknown as Json)).toStrictEqual([
      ...[yes, yes, yes, yes, yes, no, no, no, no],
      ...[no, no, yes, no],
    ]);
  }),
  clause(9, 'strings are values, never paths or templates', async (t) => {
    const echo = step('echo', { run: (input) => input as Json });
    const record = Object.fromEntries(
      ['$', '$x', 'a.b', "it's", '', 'q"q', 'back\\', ...TRICKY].map((key) => [key, key]),
    );
    const whole = workflow('law', {
      run: (input) => [
        ...TRICKY,
        record,
        echo({ list: TRICKY, record, input }),
        map(TRICKY, (text) =>
          when(
            eq(text, '$.x'),
            () => 'dollar',
            () => text,
          ),
        ),
      ],
    });
    const input = { x: TRICKY, y: record };
    const mapped = TRICKY.map((text) => (text === '$.x' ? 'dollar' : text));
    expect(await t.output(whole, input)).toStrictEqual([...TRICKY, record, { list: TRICKY, record, input }, mapped]);
  }),
];
