import fc from 'fast-check';
import { expect, test } from 'vitest';
import { left, midpoint } from '../../core/numeric/index.ts';
import { integralOf, rectangles, sumError } from '../../loadtests/scenarios/users/absolute-sine.ts';
import { checkSums } from '../../loadtests/scenarios/users/check-sums.ts';
import { after, exponential } from '../../loadtests/scenarios/users/random.ts';

const absoluteSine = (x: number): number => Math.abs(Math.sin(x));
const RULES = { left, midpoint };
const bound = fc.double({ min: -60, max: 60, noNaN: true });

test('the closed form of a rectangle sum is the sum, term by term', () => {
  fc.assert(
    fc.property(
      bound,
      bound,
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom('left', 'midpoint'),
      (a, b, n, rule) => {
        expect(rectangles(a, b, n, rule)).toBeCloseTo(RULES[rule](absoluteSine, a, b, n), 10);
      },
    ),
    { numRuns: 300 },
  );
});

test('a sum is as near to the integral as the slope allows', () => {
  fc.assert(
    fc.property(
      bound,
      bound,
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom('left', 'midpoint'),
      (a, b, n, rule) => {
        const off = Math.abs(rectangles(a, b, n, rule) - integralOf(a, b));
        expect(off).toBeLessThanOrEqual(sumError(a, b, n, rule) + 1e-9);
      },
    ),
    { numRuns: 300 },
  );
  expect(integralOf(0, Math.PI)).toBeCloseTo(2, 12);
  expect(integralOf(-Math.PI, 3 * Math.PI)).toBeCloseTo(8, 12);
});

test('right answers pass, and each kind of wrong one is named', () => {
  const check = checkSums(0, 3, 'midpoint');
  const results = [10, 100, 100, 1000, 10_000, 100_000, 1_000_000].map((n) => ({
    n,
    value: midpoint(absoluteSine, 0, 3, n),
  }));
  const said = (changed: unknown, status = 200): string | undefined => check(status, JSON.stringify(changed));
  expect(said({ results })).toBeUndefined();
  expect(said({ results }, 204)).toBe('status 204');
  expect(check(200, 'oops')).toBe('the answer is not JSON');
  expect(said({ results: results.slice(1) })).toBe('not the sums of 10, 100, 100, 1000, 10000, 100000, 1000000');
  expect(said({})).toBe('not the sums of 10, 100, 100, 1000, 10000, 100000, 1000000');
  expect(said({ results: results.map((one) => ({ ...one, value: one.value + 1e-6 })) })).toMatch(
    /^n = 10: .* instead of/,
  );
  expect(said({ results: results.map((one, k) => ({ ...one, value: k === 6 ? null : one.value })) })).toMatch(
    /^n = 1000000/,
  );
  expect(said({ results: results.map(({ n }) => ({ n, value: left(absoluteSine, 0, 3, n) })) })).toMatch(/instead of/);
});

test('think times are exponential, and a chain walks by its chances', () => {
  const values = Array.from({ length: 100_000 }, () => exponential(3));
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(3, 0);
  expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);

  const chain = { home: { home: 0.5, shop: 0.25 }, shop: {} };
  const count = { home: 0, shop: 0, gone: 0 };
  for (let k = 0; k < 100_000; k++) count[after(chain, 'home') ?? 'gone']++;
  expect(count.home / 1e5).toBeCloseTo(0.5, 1);
  expect(count.shop / 1e5).toBeCloseTo(0.25, 1);
  expect(after(chain, 'shop')).toBeUndefined();
});
