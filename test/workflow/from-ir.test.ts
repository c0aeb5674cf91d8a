import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, fromIR, type Json, type StepCode, toIR } from '../../core/index.ts';
import { DefinitionError } from '../../core/workflow/diagnostic.ts';
import { type Broken, GONE, GOOD, MEANINGS, SHAPES } from './broken-irs.ts';
import { PROGRAMS } from './programs/index.ts';

const steps: Record<string, StepCode> = { echo: (input) => input };

/** A copy of the good IR with one value exchanged: `$.body.nodes[2].items` says where. */
function broken(path: string, value: unknown): unknown {
  const keys = [...path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  const last = keys.pop();
  if (last === undefined) return value;
  const copy = structuredClone(GOOD);
  const holder = keys.reduce<object>((at, key) => Reflect.get(at, key) as object, copy as object);
  if (value === GONE) Reflect.deleteProperty(holder, last);
  else Object.defineProperty(holder, last, { value, enumerable: true, writable: true, configurable: true });
  return copy;
}

function refusal(ir: unknown, code: Record<string, StepCode> = steps): DefinitionError {
  try {
    fromIR(ir, code);
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError);
    return error as DefinitionError;
  }
  throw new Error('it was not refused');
}

const codeOf = (name: string): Record<string, StepCode> => {
  const program = PROGRAMS.find(([one]) => one.name === name)?.[0];
  return Object.fromEntries([...(program?.steps ?? [])].map(([step, definition]) => [step, { definition }]));
};
const goldens = PROGRAMS.map(([program]) => [program.name, toIR(program)] as const);

describe('a round trip', () => {
  test.each(goldens)('%s', (name, ir) => {
    const back = fromIR(JSON.parse(JSON.stringify(ir)), codeOf(name));
    expect(toIR(back)).toEqual(ir);
    expect(JSON.stringify(toIR(back))).toBe(JSON.stringify(ir));
    expect(check(back.ir)).toEqual([]);
  });

  test('the good one of this file is good', () => {
    expect(fromIR(GOOD, steps).name).toBe('good');
  });

  test('what is given back cannot be changed by its giver, nor the workflow by its reader', () => {
    const given = structuredClone(GOOD) as { body: { nodes: unknown[] } };
    const made = fromIR(given, steps);
    given.body.nodes.length = 0;
    expect(made.ir.body.nodes).not.toHaveLength(0);
    expect(() => (made.ir.body.nodes as unknown[]).pop()).toThrow(TypeError);
    (toIR(made).body.nodes as unknown[]).pop();
    expect(made.ir.body.nodes).toHaveLength(10);
  });
});

describe('reads are derived again', () => {
  const [, ir] = goldens.find(([name]) => name === 'nested-maps') ?? [];
  const without = JSON.parse(JSON.stringify(ir), (key, value) => (key === 'reads' ? undefined : value));
  test.each<[string, Json]>([
    ['wrong', [['nobody', 'reads', 'this']]],
    ['with a star', [['albums', '*', 'photos']]],
    ['empty', []],
    ['of odd values', [[null, { a: 1 }, -1]]],
  ])('%s', (_, reads) => {
    const odd = JSON.parse(JSON.stringify(ir), (key, value) => (key === 'reads' ? reads : value));
    expect(toIR(fromIR(odd, codeOf('nested-maps')))).toEqual(ir);
  });
  test('absent', () => {
    expect(JSON.stringify(without)).not.toContain('reads');
    expect(toIR(fromIR(without, codeOf('nested-maps')))).toEqual(ir);
  });
});

describe.each([
  ['shape', SHAPES],
  ['meaning', MEANINGS],
] as readonly (readonly [string, readonly Broken[]])[])('a wrong %s', (_, rows) => {
  test.each(
    rows.map((row) => [row[0], String(JSON.stringify(row[1]) ?? 'gone').slice(0, 40), row[2], row] as const),
  )('%s = %s is %s', (path, _value, code, [, value, , where = path]) => {
    const error = refusal(broken(path, value));
    expect(`${error.code} ${error.diagnostics[0]?.where}`).toContain(
      code === 'SK205' || (code.startsWith('SK3') && code !== 'SK303') ? `${code} workflow 'good'` : `${code} ${where}`,
    );
    expect(error.message.length).toBeLessThan(4000);
  });
});

describe('what JSON cannot say', () => {
  class Point {
    x = 1;
  }
  const loop: unknown[] = [];
  loop.push(loop);
  const shared = Array.from({ length: 40 }).reduce<Json>((inner) => [inner, inner], 0);
  test.each<[string, unknown, string]>([
    ['a cycle', loop, 'SK112 $.body.nodes[0].input.lit[0]'],
    ['a date', new Date(0), 'SK114 $.body.nodes[0].input.lit'],
    ['an instance', { p: new Point() }, 'SK114 $.body.nodes[0].input.lit.p'],
    ['NaN', [Number.NaN], 'SK114 $.body.nodes[0].input.lit[0]'],
    ['a bigint', 1n, 'SK114 $.body.nodes[0].input.lit'],
    ['a function', () => 1, 'SK114 $.body.nodes[0].input.lit'],
    ['a hole', Array(1), 'SK114 $.body.nodes[0].input.lit[0]'],
    ['an array of a million', new Array(2 ** 31), 'SK303 $.body.nodes[0].input.lit'],
    ['values shared 2^40 times', shared, 'SK303 $.body.nodes[0].input.lit'],
  ])('%s', (_, value, words) => {
    const error = refusal(withInput(value));
    expect(`${error.code} ${error.diagnostics[0]?.where}`).toContain(words);
  });

  test('an absent field may be undefined, and -0 is 0', () => {
    const made = fromIR(withInput({ gone: undefined, zero: -0 }), steps);
    const [first] = made.ir.body.nodes;
    expect(first).toHaveProperty('input', { lit: { zero: 0 } });
    expect(Object.is((first as unknown as { input: { lit: { zero: number } } }).input.lit.zero, 0)).toBe(true);
  });

  function withInput(value: unknown): unknown {
    return broken('$.body.nodes[0].input', { lit: value });
  }
});

describe('pollution', () => {
  test('a literal and a key called __proto__ are data like any other', () => {
    const lit = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as Json;
    const made = fromIR(
      broken('$.body.out', {
        obj: [
          ['__proto__', { lit: 1 }],
          ['deep', { lit }],
        ],
      }),
      steps,
    );
    expect(toIR(made).body.out).toEqual({
      obj: [
        ['__proto__', { lit: 1 }],
        ['deep', { lit }],
      ],
    });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  test.each([
    'toString',
    'constructor',
    '__proto__',
    'hasOwnProperty',
  ])('the step %s is not found on a prototype', (name) => {
    expect(['SK205', 'SK201']).toContain(refusal(broken('$.body.nodes[0].step', name)).code);
  });
});

describe('whatever it is given', () => {
  const survives = (value: unknown, code: Record<string, StepCode>): void => {
    try {
      const made = fromIR(value, code);
      expect(fromIR(toIR(made), code).ir).toEqual(made.ir);
    } catch (error) {
      expect(error).toBeInstanceOf(DefinitionError);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  };

  test('random JSON is refused and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => survives(value, steps)),
      { numRuns: 500 },
    );
  });

  test('an envelope around random JSON, too', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (node, out) =>
        survives({ ir: 1, name: 'x', body: { nodes: [node], out } }, steps),
      ),
      { numRuns: 500 },
    );
  });

  test('a golden with one random change is a workflow or is refused', () => {
    const places = goldens.map(([name, ir]) => ({ name, ir, paths: pathsOf(ir as unknown as Json) }));
    const change = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('in', 'map', 'map.item', '__proto__', 'repeat.state', -1, 1e9, GONE),
    );
    const mutation = fc
      .constantFrom(...places)
      .chain(({ name, ir, paths }) => fc.tuple(fc.constant(name), fc.constant(ir), fc.constantFrom(...paths), change));
    fc.assert(
      fc.property(mutation, ([name, ir, path, value]) => {
        const copy = structuredClone(ir) as object;
        const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, copy);
        const last = path.at(-1) as string | number;
        if (value === GONE) Reflect.deleteProperty(holder, last);
        else Reflect.set(holder, last, structuredClone(value));
        survives(copy, codeOf(name));
      }),
      { numRuns: 1500 },
    );
  });
});

function pathsOf(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (value === null || typeof value !== 'object') return [at];
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => pathsOf(item, [...at, i]))
    : Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}
