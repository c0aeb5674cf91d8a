import { describe, expect, test } from 'vitest';
import { map, parallel, type Ref, step, workflow } from '../../core/index.ts';
import { type Anything, big, type Misuse, num } from './misuse/misuse.ts';

const run: Anything = (value: unknown) => value;

describe('no false alarm', () => {
  const good = (body: (input: Anything) => unknown) => workflow('fine', { run: body }).ir.body;

  test('what is destructured and used', () => {
    expect(
      good((i) => {
        const { a, b } = i;
        return { a, b };
      }).out,
    ).toHaveProperty('obj');
  });
  test('one Ref used twice, and read through twice', () => {
    good((i) => {
      const { a } = i;
      const { b } = a;
      return [a, b, b];
    });
  });
  test('a step whose result nobody wants', () => {
    expect(
      good((i) => {
        num(i.a);
        return 1;
      }).nodes,
    ).toHaveLength(1);
  });
  test('console.log and a debugger look without harm', () => {
    const before = console.log;
    let printed = '';
    console.log = (value: unknown) => {
      printed = String((value as Anything)[Symbol.for('nodejs.util.inspect.custom')]());
    };
    try {
      good((i) => {
        const { a } = i;
        console.log(a);
        return a;
      });
    } finally {
      console.log = before;
    }
    expect(printed).toBe('Ref<in.a>');
  });
  test('a property that was read in a block and is used outside of it: it belongs where its owner does', () => {
    good((i) => {
      let name: unknown;
      map(i.list, (one: Anything) => {
        name = i.name;
        return one;
      });
      return name;
    });
  });
  test('a literal of depth 50, an absent option, -0', () => {
    const deep = (levels: number): unknown => (levels === 0 ? -0 : [deep(levels - 1)]);
    expect(JSON.stringify(good(() => num({ deep: deep(49), absent: undefined })))).not.toContain('absent');
  });
  test('a name that is as long as it may be, used twice', () => {
    const long = step('a'.repeat(80), { run });
    const ids = good(() => {
      long(1);
      long(2);
    }).nodes.map((node) => node.id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(80);
  });
});

test('the one silent mistake: ?? sees an object where there will be null, and no trap tells of it', () => {
  const ir = workflow('silent', { run: (i: Ref<Anything>) => (i as Anything).a ?? 3 }).ir;
  expect(ir.body.out).toEqual({ ref: 'in', path: ['a'] });
});

const WHOLE: readonly (readonly [string, Misuse[2]])[] = [
  ['out of parallel', () => num(parallel(() => big(1))[0])],
  ['as an item of what a map gave', (i) => num(map(i.list, () => big(1)).at(0))],
  ['item by item', (i) => map(map(i.list, () => big(1)) as Anything, (one: Anything) => num(one))],
  ['inside of an object', (i) => map(map(i.list, () => ({ v: big(1) })) as Anything, (one: Anything) => num(one.v))],
];
/** The path to a large value is taken for a look into it (`reads.ts`). */
test.each(WHOLE)('a large value is passed whole to a step: %s', (_, body) => {
  workflow('whole', { run: body });
});
