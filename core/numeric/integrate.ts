import type { Finding, Goal } from './adaptive.ts';
import { between, find } from './find.ts';
import type { Integrand } from './fixed.ts';
import { callable, finite, refuse, whole } from './option.ts';
import { isNothing } from './pool.ts';
import { Sum } from './sum.ts';

export interface IntegrateOptions {
  /** The error may be this part of the value. 0 ≤ relTol < 1. @default 1e-8 */
  readonly relTol?: number;
  /** Or this much, whichever is larger. @default 0 */
  readonly absTol?: number;
  /** Where the integrand has a kink, a jump, a peak or a singularity: finite, within [a, b], in any order. @default [] */
  readonly breakpoints?: readonly number[];
  /** Divides [a, b] in so many parts that are integrated separately, 1 to 10,000. @default 1 */
  readonly parts?: number;
  /** Evaluations of `fn`, not counting a first look of up to a few thousand a part. @default 40,000,000 */
  readonly maxEvaluations?: number;
}

export interface Integral {
  readonly value: number;
  /** An estimate of |value − integral|, on the careful side; Infinity where nothing can be said. */
  readonly error: number;
  /** How often the integrand was called. */
  readonly evaluations: number;
  /**
   * Whether `error` meets the tolerance, or the integral is 0 as far as doubles can tell: |value| ≤ error ≤ 5e-14·∫|f|.
   * `false` is an honest answer: `value` and `error` are the best that was found.
   */
  readonly converged: boolean;
}

const MOST_BREAKPOINTS = 10_000;
const MOST_PARTS = 10_000;

/**
 * The integral of `fn` from `a` to `b`; either may be infinite, and a > b gives the negated integral from b to a.
 *
 * Singularities at `a`, `b` and break points are allowed if they are integrable. The integrand may be infinite or undefined
 * at single points; where it is undefined on a stretch, `value` is NaN and `converged` false. An integral that does not exist
 * gives `converged: false`. No method that only looks at values can see a feature that lies between all of them: name
 * narrow peaks as break points.
 *
 * @throws InvalidInput naming the argument or option
 */
export function integrate(fn: Integrand, a: number, b: number, options: IntegrateOptions = {}): Integral {
  callable('fn', fn);
  const plan = checked(a, b, options);
  if (a === b) return { value: 0, error: 0, evaluations: 0, converged: true };
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  const cuts = divide(low, high, plan.parts);
  const total =
    plan.parts === 1 ? find(fn, low, high, { ...plan, budget: plan.maxEvaluations }) : parted(fn, cuts, plan);
  const tolerance = Math.max(plan.absTol, plan.relTol * Math.abs(total.value));
  const nothing = isNothing(total.value, total.error, total.size);
  return {
    value: a < b ? total.value : 0 - total.value,
    error: Number.isNaN(total.value) ? Infinity : total.error,
    evaluations: total.evaluations,
    converged: Number.isFinite(total.value) && (total.error <= tolerance || nothing),
  };
}

/**
 * The ends of `parts` parts of [a, b], in order: what a distributed integral maps over. A half-line is divided where
 * x/(1 + x) is equidistant, the whole line where x/(1 + |x|) is.
 *
 * @throws InvalidInput naming `a`, `b` or `parts`
 */
export function divide(a: number, b: number, parts: number): number[] {
  bound('a', a);
  bound('b', b);
  whole('parts', parts, 1, MOST_PARTS);
  const ends = [a];
  for (let i = 1; i < parts; i++) {
    const t = i / parts;
    const end = between(a, b, t);
    if (end > ends.at(-1)! && end < b) ends.push(end);
  }
  return [...ends, b];
}

interface Plan {
  readonly relTol: number;
  readonly absTol: number;
  readonly breakpoints: readonly number[];
  readonly parts: number;
  readonly maxEvaluations: number;
}

const OPTIONS = ['relTol', 'absTol', 'breakpoints', 'parts', 'maxEvaluations'];

function checked(a: number, b: number, options: IntegrateOptions): Plan {
  bound('a', a);
  bound('b', b);
  if (a === b && !Number.isFinite(a)) refuse('b', 'different from the other bound where that is infinite', b);
  if (Number.isFinite(a) && Number.isFinite(b) && !Number.isFinite(b - a))
    refuse('b', 'within 1.8e308 of the other bound', b);
  if (options === null || typeof options !== 'object') refuse('options', 'an object', options);
  for (const key of Object.keys(options))
    if (!OPTIONS.includes(key))
      refuse(key, `left out: the options are ${OPTIONS.join(', ')}`, Reflect.get(options, key));
  const { relTol = 1e-8, absTol = 0, breakpoints = [], parts = 1, maxEvaluations = 4e7 } = options;
  if (!(typeof relTol === 'number' && relTol >= 0 && relTol < 1))
    refuse('relTol', 'a number from 0 up to, not including, 1', relTol);
  if (!(finite('absTol', absTol) >= 0)) refuse('absTol', 'at least 0', absTol);
  if (!Array.isArray(breakpoints)) refuse('breakpoints', 'an array of numbers', breakpoints);
  if (breakpoints.length > MOST_BREAKPOINTS)
    refuse('breakpoints', `at most ${MOST_BREAKPOINTS} numbers`, breakpoints.length);
  breakpoints.forEach((point, i) => {
    if (!(finite(`breakpoints.${i}`, point) >= Math.min(a, b) && point <= Math.max(a, b)))
      refuse(`breakpoints.${i}`, `between the bounds ${a} and ${b}`, point);
  });
  whole('parts', parts, 1, MOST_PARTS);
  whole('maxEvaluations', maxEvaluations, 1, Number.MAX_SAFE_INTEGER);
  return { relTol, absTol, breakpoints, parts, maxEvaluations };
}

function bound(field: string, value: unknown): void {
  if (typeof value !== 'number' || Number.isNaN(value)) refuse(field, 'a number, Infinity or -Infinity', value);
}

/** The relative tolerance of a first, rough round, which tells how much each part matters. */
const ROUGH = 1e-3;

/**
 * Each part by itself. What a part may contribute to the error depends on what all of them add up to: a part whose waves
 * cancel has no digits to lose, and a part that is nothing beside the others need not have any.
 */
function parted(fn: Integrand, cuts: readonly number[], plan: Plan): Omit<Finding, 'suspects'> {
  const parts = cuts.length - 1;
  const budget = Math.floor(plan.maxEvaluations / parts / 2);
  const each = (goal: Goal): Finding[] =>
    cuts.slice(1).map((to, i) => find(fn, cuts[i]!, to, { ...goal, breakpoints: plan.breakpoints }));
  const rough = each({ relTol: Math.max(plan.relTol, ROUGH), absTol: plan.absTol / parts, budget });
  const estimate = combine(rough);
  const whole = Math.abs(estimate.value);
  const tolerance = Math.max(plan.absTol, plan.relTol * whole);
  if (!(estimate.error > tolerance && estimate.error < Infinity)) return estimate;
  // Half of the tolerance in equal shares, half in proportion to the values.
  const moduli = rough.reduce((total, { value }) => total + Math.abs(value), 0);
  const fine = combine(
    each({ relTol: moduli > 0 ? tolerance / moduli / 2 : 0, absTol: tolerance / parts / 2, budget }),
  );
  return { ...fine, evaluations: estimate.evaluations + fine.evaluations };
}

function combine(findings: readonly Finding[]): Omit<Finding, 'suspects'> {
  const value = new Sum();
  const error = new Sum();
  const size = new Sum();
  let evaluations = 0;
  for (const finding of findings) {
    value.add(finding.value);
    error.add(finding.error);
    size.add(finding.size);
    evaluations += finding.evaluations;
  }
  // Adding the parts up rounds once more.
  error.add(Number.EPSILON * Math.abs(value.value));
  return { value: value.value, error: error.value, size: size.value, evaluations };
}
