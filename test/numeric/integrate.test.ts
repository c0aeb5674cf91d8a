import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Integral, type IntegrateOptions, integrate } from '../../core/numeric/index.ts';

const { PI, sqrt, exp, sin, cos, log, abs } = Math;

type Case = [name: string, fn: (x: number) => number, a: number, b: number, exact: number, options?: IntegrateOptions];

function near(found: Integral, exact: number, relTol: number): void {
  expect(found).toMatchObject({ converged: true });
  expect(abs(found.value - exact)).toBeLessThanOrEqual(Math.max(relTol * abs(exact), 1e-14));
  expect(abs(found.value - exact)).toBeLessThanOrEqual(found.error + 1e-15 * abs(exact));
}

const steps = Array.from({ length: 19 }, (_, k) => log(k + 2)).filter((x) => x < 3);

const cases: Case[] = [
  ['|sin x| over 1000 periods', (x) => abs(sin(x)), 0, 1000 * PI, 2000],
  ['a step', (x) => (x >= 0.3 ? 1 : 0), 0, 1, 0.7],
  ['nineteen steps', (x) => Math.floor(exp(x)), 0, 3, steps.reduce((total, x) => total + 3 - x, 3)],
  ['a saw with 1000 teeth', (x) => (1000 * x) % 1, 0, 1, 0.5],
  ['a kink', (x) => abs(x - 1 / 3), 0, 1, 5 / 18],
  ['sin 100x', (x) => sin(100 * x), 0, 1, (1 - cos(100)) / 100],
  ['sin 10,000x', (x) => sin(1e4 * x), 0, 1, (1 - cos(1e4)) / 1e4],
  ['a wave with a power of two of periods', (x) => sin(PI * 1024 * x) ** 2, 0, 1, 0.5],
  ['a wave with as many periods as panels', (x) => 1 + cos(2 * PI * 64 * x), 0, 1, 1],
  ['an odd function', (x) => x ** 3 + sin(x), -2, 2, 0],
  ['a bell on the whole line', (x) => exp(-x * x), -Infinity, Infinity, sqrt(PI)],
  ['a wide bell', (x) => exp(-1e-10 * x * x), -Infinity, Infinity, sqrt(PI * 1e10)],
  ['a narrow bell', (x) => exp(-1e10 * x * x), -Infinity, Infinity, sqrt(PI / 1e10)],
  ['a bell far out', (x) => exp(-((x - 1000) ** 2)), -Infinity, Infinity, sqrt(PI)],
  ['a bell very far out', (x) => exp(-((x - 1e5) ** 2)), -Infinity, Infinity, sqrt(PI)],
  ['two bells', (x) => exp(-x * x) + exp(-((x - 1000) ** 2)), -Infinity, Infinity, 2 * sqrt(PI)],
  ['1/(1+x²)', (x) => 1 / (1 + x * x), -Infinity, Infinity, PI],
  ['half of it', (x) => 1 / (1 + x * x), -Infinity, 0, PI / 2],
  ['x⁵e⁻ˣ', (x) => x ** 5 * exp(-x), 0, Infinity, 120],
  ['a slow tail', (x) => x ** -1.1, 1, Infinity, 10],
  ['a very slow tail', (x) => x ** -1.01, 1, Infinity, 100],
  ['singular at 0 and infinite', (x) => 1 / sqrt(x) / (1 + x), 0, Infinity, PI],
  ['1/√x', (x) => 1 / sqrt(x), 0, 1, 2],
  ['1/√x with a made-up value at 0', (x) => (x === 0 ? 0 : 1 / sqrt(x)), 0, 1, 2],
  ['x^-0.9', (x) => x ** -0.9, 0, 1, 10],
  ['x^-0.99', (x) => x ** -0.99, 0, 1, 100],
  ['log x', (x) => log(x), 0, 1, -1],
  ['log x / √x', (x) => log(x) / sqrt(x), 0, 1, -4],
  ['log sin x', (x) => log(sin(x)), 0, PI, -PI * Math.LN2],
  ['1/√(1-x), singular where doubles are coarse', (x) => 1 / sqrt(1 - x), 0, 1, 2],
  ['1/√(1-x²), at both ends', (x) => 1 / sqrt(1 - x * x), -1, 1, PI],
  ['log |x-0.3| inside', (x) => log(abs(x - 0.3)), 0, 1, 0.3 * log(0.3) + 0.7 * log(0.7) - 1, { breakpoints: [0.3] }],
  ['log |x-0.3|, nobody says where', (x) => log(abs(x - 0.3)), 0, 1, 0.3 * log(0.3) + 0.7 * log(0.7) - 1],
  ['1/√|x|, nobody says where', (x) => 1 / sqrt(abs(x)), -1, 1, 4],
  ['1/√|x-0.3|, nobody says where', (x) => 1 / sqrt(abs(x - 0.3)), 0, 1, 2 * (sqrt(0.3) + sqrt(0.7))],
  ['a hole at 0', (x) => sin(x) / x, -1, 1, 1.892166140734366],
  ['a hole at an end', (x) => x / (exp(x) - 1), 0, 1, 0.7775046341122483],
  ['a peak', (x) => exp(-1e4 * (x - 0.3) ** 2), 0, 1, sqrt(PI / 1e4)],
  ['a narrow peak', (x) => exp(-1e10 * (x - 0.3) ** 2), 0, 1, sqrt(PI / 1e10)],
  ['a narrow peak on a plain', (x) => 1 + exp(-1e8 * (x - 0.3) ** 2), 0, 1, 1 + sqrt(PI / 1e8)],
  ['a needle with a broad foot', (x) => 1e-6 / (1e-12 + (x - 0.37) ** 2), 0, 1, Math.atan(0.63e6) + Math.atan(0.37e6)],
  ['a peak at an end', (x) => 1e9 * exp(-1e9 * x), 0, 10, 1],
  ['tiny values', () => 1e-300, 0, 1, 1e-300],
  ['huge values', (x) => exp(x), 0, 700, exp(700) - 1],
  ['nothing at all', () => 0, -Infinity, Infinity, 0],
];

test.each(cases)('%s', (_, fn, a, b, exact, options) => {
  near(integrate(fn, a, b, options), exact, 1e-8);
});

test.each<Case>(
  cases.filter(([, , a, b]) => Number.isFinite(a) && Number.isFinite(b)).slice(0, 30),
)('in seven parts: %s', (_, fn, a, b, exact, options) => {
  const whole = integrate(fn, a, b, options);
  const parts = integrate(fn, a, b, { ...options, parts: 7 });
  expect(abs(whole.value - parts.value)).toBeLessThanOrEqual(whole.error + parts.error);
  if (parts.converged) near(parts, exact, 1e-8);
});

const hopeless: [string, (x: number) => number, number, number][] = [
  ['1/x', (x) => 1 / x, 0, 1],
  ['1/x with a made-up value at 0', (x) => (x === 0 ? 0 : 1 / x), 0, 1],
  ['a little of 1/x', (x) => 1 + 1e-3 / x, 0, 1],
  ['1/x², from -1', (x) => 1 / x ** 2, -1, 1],
  ['1/x across 0, where halves cancel', (x) => 1 / x, -1, 1],
  ['1/(1-x)', (x) => 1 / (1 - x), 0, 1],
  ['1/(x-0.3)', (x) => 1 / (x - 0.3), 0, 1],
  ['tan across its pole', (x) => Math.tan(x), 0, PI],
  ['1/x to infinity', (x) => 1 / x, 1, Infinity],
  ['1/√x to infinity', (x) => 1 / sqrt(x), 1, Infinity],
  ['1/(x log x) to infinity', (x) => 1 / (x * log(x)), 2, Infinity],
  ['1 to infinity', () => 1, 0, Infinity],
  ['x on the whole line', (x) => x, -Infinity, Infinity],
  ['sin to infinity', (x) => sin(x), 0, Infinity],
  ['an overflow', (x) => exp(x), 0, 1000],
  ['undefined on a stretch', (x) => sqrt(x), -1, 1],
  ['undefined everywhere', () => Number.NaN, 0, 1],
  ['noise', (x) => 1 + 1e-6 * ((sin(x * 1e9) * 1e4) % 1), 0, 1],
  ['a wave too fast for the budget', (x) => sin(1e9 * x) ** 2, 0, 1],
];

test.each(hopeless)('no pretence: %s', (_, fn, a, b) => {
  const found = integrate(fn, a, b, { maxEvaluations: 1e6 });
  expect(found.converged).toBe(false);
  expect(found.evaluations).toBeLessThan(1.2e6);
});

test('a stretch without values makes the value NaN and the error infinite', () => {
  expect(integrate(sqrt, -1, 1)).toMatchObject({ value: Number.NaN, error: Infinity, converged: false });
});

test('equal bounds, reversed bounds', () => {
  expect(integrate(() => Number.NaN, 5, 5)).toEqual({ value: 0, error: 0, evaluations: 0, converged: true });
  const there = integrate(exp, -1, 2);
  expect(integrate(exp, 2, -1)).toEqual({ ...there, value: -there.value });
  expect(integrate((x) => exp(-x), Infinity, 0).value).toBeCloseTo(-1, 12);
});

test('evaluations are counted, every one of them', () => {
  for (const fn of [
    exp,
    (x: number) => 1 / x,
    (x: number) => (x > 2 ** -0.5 ? 1 : 0),
    () => 0,
    (x: number) => x ** -0.5,
  ])
    for (const parts of [1, 3]) {
      let calls = 0;
      const counted = (x: number) => {
        calls += 1;
        return fn(x);
      };
      expect(integrate(counted, 0, 1, { parts, relTol: 1e-6 }).evaluations).toBe(calls);
    }
});

test('an integrand may integrate', () => {
  const inner = (y: number) => integrate((x) => exp(x * y), 0, 1).value;
  near(integrate(inner, 0, 1, { relTol: 1e-6 }), 1.3179021514544038, 1e-6);
});

test('absTol is enough by itself, relTol 0 is honest', () => {
  expect(integrate((x) => sin(x), 0, 1, { relTol: 0, absTol: 1e-6 }).converged).toBe(true);
  expect(integrate((x) => exp(x), 0, 1, { relTol: 0, maxEvaluations: 1e5 }).converged).toBe(false);
});

test('relation: linearity', () => {
  const factor = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(factor, factor, (p, q) => {
      const f = integrate((x) => sqrt(x), 0, 2);
      const g = integrate((x) => abs(x - 0.7), 0, 2);
      const both = integrate((x) => p * sqrt(x) + q * abs(x - 0.7), 0, 2);
      const error = abs(p) * f.error + abs(q) * g.error + both.error;
      expect(abs(both.value - p * f.value - q * g.value)).toBeLessThanOrEqual(error + 1e-13);
    }),
    { numRuns: 40 },
  );
});

test('relations: additivity, sign, independence of parts', () => {
  const bound = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(bound, bound, bound, fc.integer({ min: 1, max: 20 }), (a, b, c, parts) => {
      const f = (x: number) => abs(sin(x)) + (x > 1.7 ? 1 : 0);
      const [ab, bc, ac, ba] = [integrate(f, a, b), integrate(f, b, c), integrate(f, a, c), integrate(f, b, a)];
      expect(abs(ab.value + bc.value - ac.value)).toBeLessThanOrEqual(ab.error + bc.error + ac.error + 1e-13);
      expect(ba.value).toBe(0 - ab.value);
      const split = integrate(f, a, b, { parts });
      expect(abs(split.value - ab.value)).toBeLessThanOrEqual(split.error + ab.error + 1e-300);
    }),
    { numRuns: 60 },
  );
});

test('no random mixture of features is silently wrong', () => {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const size = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(place, place, place, size, size, size, fc.integer({ min: 1, max: 300 }), (c, d, e, p, q, r, w) => {
      const f = (x: number) => 1 + p * abs(x - c) + (x > d ? q : 0) + r * sqrt(abs(x - e)) + sin(w * x);
      const root = (x: number) => (Math.sign(x) * abs(x) ** 1.5) / 1.5;
      const kink = (x: number) => (x * abs(x)) / 2;
      const exact = 1 + p * (kink(1 - c) - kink(-c)) + q * (1 - d) + r * (root(1 - e) - root(-e)) + (1 - cos(w)) / w;
      const found = integrate(f, 0, 1);
      expect(found.converged).toBe(abs(exact) > 1e-5 || found.converged);
      expect(abs(found.value - exact)).toBeLessThanOrEqual(found.error);
    }),
    { numRuns: 300 },
  );
});

test.each<[field: string, call: () => unknown]>([
  ['fn', () => integrate('x' as unknown as () => number, 0, 1)],
  ['a', () => integrate(sin, Number.NaN, 1)],
  ['b', () => integrate(sin, 0, '1' as unknown as number)],
  ['b', () => integrate(sin, Infinity, Infinity)],
  ['b', () => integrate(sin, -1.7e308, 1.7e308)],
  ['relTol', () => integrate(sin, 0, 1, { relTol: -1 })],
  ['relTol', () => integrate(sin, 0, 1, { relTol: 1 })],
  ['relTol', () => integrate(sin, 0, 1, { relTol: Number.NaN })],
  ['absTol', () => integrate(sin, 0, 1, { absTol: -1e-9 })],
  ['absTol', () => integrate(sin, 0, 1, { absTol: Infinity })],
  ['breakpoints', () => integrate(sin, 0, 1, { breakpoints: 0.5 as unknown as number[] })],
  ['breakpoints.1', () => integrate(sin, 0, 1, { breakpoints: [0.5, 2] })],
  ['breakpoints.0', () => integrate(sin, 0, Infinity, { breakpoints: [Infinity] })],
  ['parts', () => integrate(sin, 0, 1, { parts: 0 })],
  ['parts', () => integrate(sin, 0, 1, { parts: 2.5 })],
  ['maxEvaluations', () => integrate(sin, 0, 1, { maxEvaluations: 0 })],
  ['reltol', () => integrate(sin, 0, 1, { reltol: 1e-3 } as IntegrateOptions)],
  ['options', () => integrate(sin, 0, 1, null as unknown as IntegrateOptions)],
])('a wrong %s is refused by name', (field, call) => {
  expect(call).toThrow(expect.objectContaining({ name: 'InvalidInput', data: { field } }));
});
