import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plus, rounded } from '../../core/numeric/exact.ts';
import {
  divide,
  type FixedRule,
  fixed,
  gauss,
  left,
  merge,
  midpoint,
  share,
  simpson,
  sum,
  together,
  trapezoid,
} from '../../core/numeric/index.ts';
import { fixture } from '../support/fixtures.ts';

const RULES: FixedRule[] = ['left', 'midpoint', 'trapezoid', 'simpson', 'gauss'];

test('each rule on a cubic', () => {
  const f = (x: number) => x ** 3;
  expect(left(f, 0, 1, 4)).toBe(0.140625);
  expect(midpoint(f, 0, 1, 4)).toBe(0.2421875);
  expect(trapezoid(f, 0, 1, 4)).toBe(0.265625);
  expect(simpson(f, 0, 1, 4)).toBeCloseTo(0.25, 15);
  expect(gauss((x) => x ** 9, 0, 1, 1)).toBeCloseTo(0.1, 15);
});

test('reversed bounds flip the sign, equal bounds give 0, and an infinite value shows', () => {
  expect(midpoint(Math.exp, 1, 0, 1000)).toBeCloseTo(-midpoint(Math.exp, 0, 1, 1000), 14);
  expect(midpoint(Math.exp, 1, 1, 10)).toBe(0);
  expect(left((x) => 1 / x, 0, 1, 10)).toBe(Infinity);
  expect(left((x) => Math.log(-x), 0, 1, 10)).toBeNaN();
});

test('the answer does not depend on the number of parts, to the last bit', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RULES),
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: -50, max: 50, noNaN: true }),
      (rule, n, parts, b) => {
        const f = (x: number) => Math.sin(7 * x) * 10 ** (x % 9);
        const shares = Array.from({ length: parts }, (_, part) => share(rule, f, -1, b, n, { part, parts }));
        const whole = fixed(rule, f, -1, b, n);
        expect(together(shares, -1, b, n)).toBe(whole);
        expect(together(shares.toReversed(), -1, b, n)).toBe(whole);
      },
    ),
    { numRuns: 60 },
  );
});

test('a share survives JSON', () => {
  const part = share('midpoint', Math.sin, 0, 1, 5000, { part: 1, parts: 3 });
  expect(JSON.parse(JSON.stringify(part))).toEqual(part);
});

test('exact sums do not depend on order or grouping and round once', () => {
  expect(rounded([1e100, 1, -1e100].reduce(plus, [] as readonly number[]))).toBe(1);
  expect(rounded([1, 2 ** -53, 2 ** -106].reduce(plus, [] as readonly number[]))).toBe(1 + 2 ** -52);
  const term = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
  fc.assert(
    fc.property(fc.array(term, { maxLength: 30 }), fc.nat(30), (terms, at) => {
      const add = (of: number[]) => of.reduce(plus, [] as readonly number[]);
      expect(rounded(merge(add(terms.slice(at)), add(terms.slice(0, at))))).toBe(rounded(add(terms)));
    }),
  );
});

test('a compensated sum keeps what plain addition loses', () => {
  expect(sum([1, 1e100, 1, -1e100])).toBe(2);
  expect(sum(Array.from({ length: 1000 }, () => 0.1))).toBe(100);
  expect(sum([])).toBe(0);
  expect(sum([1, Infinity, 2])).toBe(Infinity);
});

test.each([
  ['rule', () => fixed('upper' as FixedRule, Math.sin, 0, 1, 10)],
  ['rule', () => fixed('constructor' as FixedRule, Math.sin, 0, 1, 10)],
  ['fn', () => left('x' as unknown as (x: number) => number, 0, 1, 10)],
  ['a', () => left(Math.sin, Number.NaN, 1, 10)],
  ['b', () => left(Math.sin, 0, Infinity, 10)],
  ['n', () => left(Math.sin, 0, 1, 0)],
  ['n', () => left(Math.sin, 0, 1, 1.5)],
  ['part', () => share('left', Math.sin, 0, 1, 10, { part: 3, parts: 3 })],
  ['parts', () => divide(0, 1, 0)],
])('a wrong %s is refused by name', (field, call) => {
  expect(call).toThrow(expect.objectContaining({ name: 'InvalidInput', data: { field } }));
});

const file = fixture('quadrature/lab-riemann-abs-sin.json');
const title = file === undefined ? 'SKIPPED lab sums: set SKEIN_FIXTURES to the folder with quadrature/' : 'lab sums';

describe.skipIf(file === undefined)(title, () => {
  const rows: { a: number; b: number; N: number; left: string; mid: string }[] =
    file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'));
  test('has rows', () => expect(rows.length).toBeGreaterThan(0));

  test.each(rows)('[$a, $b] with N = $N', ({ a, b, N, left: lower, mid }) => {
    const f = (x: number) => Math.abs(Math.sin(x));
    expect(Math.abs(left(f, a, b, N) / Number(lower) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(midpoint(f, a, b, N) / Number(mid) - 1)).toBeLessThan(1e-12);
  });
});
