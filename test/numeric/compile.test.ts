import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../core/numeric/index.ts';
import { fixture } from '../support/fixtures.ts';

test.each<[expression: string, x: number, value: number]>([
  ['-x^2', 3, -9],
  ['2^3^2', 0, 512],
  ['2^-x', 1, 0.5],
  ['-2^-2', 0, -0.25],
  ['(-x)^2', 3, 9],
  ['1-2-3', 0, -4],
  ['8/4/2', 0, 1],
  ['2+3*4', 0, 14],
  ['2*-x', 3, -6],
  ['--x', 3, 3],
  ['+x', 3, 3],
  ['-x*2', 3, -6],
  ['1e-3 * x', 2, 0.002],
  ['.5+1.', 0, 1.5],
  ['1E+2', 0, 100],
  ['e', 0, Math.E],
  ['pi', 0, Math.PI],
  ['log(e^2)', 0, 2],
  ['min(3, x, 2)+max(x)+hypot(3,4)', 1, 7],
  ['pow(x,3)+atan2(0,1)', 2, 8],
  ['abs(sin(x))*2+x^2/(1+x)', 1, 2 * Math.sin(1) + 0.5],
  ['round(2.5)+floor(-0.5)+ceil(0.2)+sign(-3)', 0, 2],
  ['  ( x )\n', 4, 4],
  ['1/0', 0, Infinity],
])('%s at %d is %d', (expression, x, value) => {
  expect(compile(expression, ['x'])(x)).toBeCloseTo(value, 12);
});

test('several variables, in the order of their names; one that is missing is not a number', () => {
  const f = compile('x - y*z', ['x', 'y', 'z']);
  expect(f(10, 2, 3)).toBe(4);
  expect(f(10, 2)).toBeNaN();
  expect(compile('2', [])()).toBe(2);
});

test.each<[expression: string, message: string]>([
  ['', 'f: expected a number, a name, a sign or ( at position 1, got the end'],
  ['1+', 'f: expected a number, a name, a sign or ( at position 3, got the end'],
  ['2x', 'f: expected an operator or the end at position 2, got "x"'],
  ['(1', 'f: expected an operator or ) at position 3, got the end'],
  ['1)', 'f: expected an operator or the end at position 2, got ")"'],
  ['1,2', 'f: expected an operator or the end at position 2, got ","'],
  ['x.y', 'f: expected a number, a name or one of + - * / ^ ( ) , at position 2, got "."'],
  ['x**2', 'f: expected a number, a name, a sign or ( at position 3, got "*"'],
  ['sin x', 'f: expected ( after sin at position 5, got "x"'],
  ['sin(1,2)', 'f: expected sin with 1 argument at position 1, got "2"'],
  ['1+pow(1)', 'f: expected pow with 2 arguments at position 3, got "1"'],
  ['min()', 'f: expected min with at least 1 argument at position 1, got "0"'],
  ['y', 'f: expected x, a constant or a function at position 1, got "y"'],
  ['constructor', 'f: expected x, a constant or a function at position 1, got "constructor"'],
  ['__proto__', 'f: expected x, a constant or a function at position 1, got "__proto__"'],
  ['toString()', 'f: expected x, a constant or a function at position 1, got "toString"'],
  ['0x10', 'f: expected an operator or the end at position 2, got "x10"'],
  ['1e999', 'f: expected a number below 1.8e308 at position 1, got "1e999"'],
  ['x[0]', 'f: expected a number, a name or one of + - * / ^ ( ) , at position 2, got "["'],
  ['"x"', 'f: expected a number, a name or one of + - * / ^ ( ) , at position 1, got "\\""'],
  ['x = 1', 'f: expected a number, a name or one of + - * / ^ ( ) , at position 3, got "="'],
  ['😀', 'f: expected a number, a name or one of + - * / ^ ( ) , at position 1, got "😀"'],
])('%j is refused with a position', (expression, message) => {
  expect(() => compile(expression, ['x'])).toThrow(
    expect.objectContaining({ name: 'InvalidInput', message, data: { field: 'f' } }),
  );
});

test('length and depth are bounded, each at its limit', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}x${')'.repeat(depth)}`;
  expect(compile(nested(50), ['x'])(7)).toBe(7);
  expect(compile(`${'1+'.repeat(249)}xx`, ['xx'])(1)).toBe(250);
  for (const deep of [nested(51), '-'.repeat(51).concat('x'), `${'x^'.repeat(51)}x`, `${'sin('.repeat(51)}x`])
    expect(() => compile(deep, ['x'])).toThrow(/at most 50 levels of nesting, more at position/);
  expect(() => compile('x'.repeat(501), ['x'])).toThrow('f: expected at most 500 characters, got 501');
});

test.each([
  [['sin']],
  [['pi']],
  [['1x']],
  [['x', 'x']],
  [['a b']],
  [['']],
  [['x'.repeat(33)]],
  ['x'],
])('variables %j are refused', (variables) => {
  expect(() => compile('1', variables as string[])).toThrow(
    expect.objectContaining({ name: 'InvalidInput', data: { field: 'variables' } }),
  );
});

test('an expression that is no string is refused', () => {
  expect(() => compile(7 as unknown as string, ['x'])).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});

/** Compiles, or refuses as it should: whatever else is thrown is a defect. */
function settles(expression: string): void {
  try {
    expect(compile(expression, ['x'])(0.5)).toBeTypeOf('number');
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: 'InvalidInput', data: { field: 'f' } });
  }
}

test('random text and random tokens never throw anything but InvalidInput', () => {
  const token = fc.constantFrom(...'x 1 2.5 + - * / ^ ( ) , sin max pow e pi .5 1e3'.split(' '), ' ', 'y', '.');
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), settles), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), (tokens) => settles(tokens.join(''))),
    { numRuns: 5000 },
  );
});

test('agrees with JavaScript on random arithmetic', () => {
  const { tree } = fc.letrec<{ tree: { skein: string; js: string } }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('x', '2', '0.5', '7').map((leaf) => ({ skein: leaf, js: leaf })),
      fc
        .tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree'))
        .map(([l, sign, r]) => ({ skein: `(${l.skein})${sign}(${r.skein})`, js: `(${l.js})${sign}(${r.js})` })),
      tie('tree').map((of) => ({ skein: `-sin(${of.skein})^2`, js: `-(Math.sin(${of.js})**2)` })),
    ),
  }));
  fc.assert(
    fc.property(
      tree.filter(({ skein }) => skein.length <= 500),
      fc.double({ min: -3, max: 3, noNaN: true }),
      ({ skein, js }, x) => {
        let compiled: (x: number) => number;
        try {
          compiled = compile(skein, ['x']);
        } catch (thrown) {
          expect((thrown as Error).message).toContain('levels of nesting');
          return;
        }
        expect(compiled(x)).toBe(new Function('x', `return ${js}`)(x));
      },
    ),
  );
});

for (const name of ['fuzz/blns.json', 'fuzz/hostile-strings.json']) {
  const file = fixture(name);
  const title = file === undefined ? `SKIPPED ${name}: set SKEIN_FIXTURES to the folder with fuzz/` : name;
  describe.skipIf(file === undefined)(title, () => {
    test('every string is an expression or InvalidInput', () => {
      const strings = texts(file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8')));
      expect(strings.length).toBeGreaterThan(0);
      for (const text of strings) settles(text);
    });
  });
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(texts) : [];
}
