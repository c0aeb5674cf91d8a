import { adapt, type Finding, type Goal } from './adaptive.ts';
import type { Integrand } from './fixed.ts';

export interface Search extends Goal {
  /** In any order; those outside do not matter. */
  readonly breakpoints: readonly number[];
}

/** With more places than this that should have been break points, a second start does not help. */
const MOST_SUSPECTS = 20;

/** One part, and a second start where the first found break points that nobody named. */
export function find(fn: Integrand, a: number, b: number, goal: Search): Finding {
  const known = [...new Set(goal.breakpoints)].filter((point) => point > a && point < b).sort((p, q) => p - q);
  const first = adapt(fn, a, b, known, goal);
  const search = Math.min(SEARCH, Math.floor(goal.budget / 4));
  const hidden = first.size === 0 ? trace(fn, a, b, search) : { places: first.suspects, calls: 0 };
  const candidates = hidden.places.filter((point) => point > a && point < b && !known.includes(point));
  const fresh = apart(fn, candidates);
  const before = first.evaluations + hidden.calls + candidates.length;
  const left = goal.budget - before;
  if (fresh.length === 0 || fresh.length > MOST_SUSPECTS || left <= 0) return { ...first, evaluations: before };
  const points = [...new Set([...known, ...fresh])].sort((p, q) => p - q);
  const second = adapt(fn, a, b, points, { ...goal, budget: left });
  const evaluations = before + second.evaluations;
  // Knowing where the trouble is, the second start is the better judge even where it finds the integral divergent.
  return Number.isNaN(second.value) ? { ...first, error: Infinity, evaluations } : { ...second, evaluations };
}

/** One of each cluster of suspects: where |f| is largest. */
function apart(fn: Integrand, suspects: readonly number[]): number[] {
  const height = (x: number): number => {
    const value = Math.abs(fn(x));
    return Number.isNaN(value) ? Infinity : value;
  };
  const kept: { x: number; height: number }[] = [];
  for (const x of suspects.toSorted((p, q) => p - q)) {
    const here = { x, height: height(x) };
    const last = kept.at(-1);
    if (last === undefined || x - last.x > 1e-9 * Math.max(1, Math.abs(x))) kept.push(here);
    else if (here.height > last.height) kept[kept.length - 1] = here;
  }
  return kept.map(({ x }) => x);
}

/** So many places at most. */
const SEARCH = 100_000;
const GOLDEN = 0.6180339887498949;

/** Where an integrand that seemed to be 0 everywhere is not, if a search with other points finds it. */
function trace(fn: Integrand, a: number, b: number, points: number): { places: number[]; calls: number } {
  for (let i = 1; i <= points; i++) {
    const t = (i * GOLDEN) % 1;
    const x = Number.isFinite(a) && Number.isFinite(b) ? between(a, b, t) : anywhere(a, b, t, i % 2 === 0 ? 1 : -1);
    const value = fn(x);
    if (value !== 0 && Number.isFinite(value)) return { places: [x], calls: i };
  }
  return { places: [], calls: points };
}

/** A place on an infinite interval at any scale from 1e-6 to 1e12. */
function anywhere(a: number, b: number, t: number, sign: 1 | -1): number {
  const distance = 10 ** (18 * t - 6);
  if (Number.isFinite(a)) return a + distance;
  return Number.isFinite(b) ? b - distance : sign * distance;
}

/** The place that divides an interval as t divides [0, 1]. */
export function between(a: number, b: number, t: number): number {
  if (a === -Infinity && b === Infinity) return (2 * t - 1) / (1 - Math.abs(2 * t - 1));
  if (b === Infinity) return a + t / (1 - t);
  if (a === -Infinity) return b - (1 - t) / t;
  return a * (1 - t) + b * t;
}
