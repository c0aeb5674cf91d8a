import type { Integrand } from './fixed.ts';

/**
 * A piece of the domain as an interval [0, length] of distances u from the place where the integrand may misbehave:
 * an end of the domain, a break point or infinity. Near u = 0 a double has all its digits, so that a singularity at a break
 * point is approached far closer than a coordinate x could.
 */
export interface Chart {
  readonly origin: number;
  readonly sign: 1 | -1;
  /** Whether the chart is of x = origin ± 1/u, so that u = 0 is infinity. */
  readonly inverted: boolean;
  readonly length: number;
  /** Where the first panels end, ascending, from 0 (left out) to `length`. */
  readonly edges: readonly number[];
  /** The integrand in u, the Jacobian included. */
  readonly at: (u: number) => number;
}

/** First panels per chart of a bounded piece: about this many altogether, and never fewer than `FEWEST` each. */
const PANELS = 128;
const FEWEST = 4;
/** Panels towards each end of a half-line shrink by this ratio, `RUNGS` times: scales from 1e-12 to 1e12 are seen. */
const RATIO = 0.6;
const RUNGS = 54;

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The charts of [a, b], a < b, divided at break points (ascending, inside). */
export function charts(fn: Integrand, a: number, b: number, breakpoints: readonly number[]): Chart[] {
  if (a === -Infinity && b === Infinity && breakpoints.length === 0) return charts(fn, a, b, [0]);
  const points = [a, ...breakpoints, b];
  const few = Math.max(FEWEST, Math.ceil(PANELS / 2 / (points.length - 1)));
  return points.slice(1).flatMap((to, i): Chart[] => {
    const from = points[i]!;
    if (to === Infinity) return halfLine(fn, from, 1);
    if (from === -Infinity) return halfLine(fn, to, -1);
    // Off the middle: a divided panel must not sit symmetrically on a feature of a symmetric integrand.
    const middle = from + (to - from) * 0.4834137;
    if (!(middle > from && middle < to)) return [direct(fn, from, 1, to - from, [to - from])];
    return [
      direct(fn, from, 1, middle - from, uneven(middle - from, few)),
      direct(fn, to, -1, to - middle, uneven(to - middle, few)),
    ];
  });
}

function halfLine(fn: Integrand, origin: number, sign: 1 | -1): Chart[] {
  const edges = Array.from({ length: RUNGS + 1 }, (_, k) => RATIO ** (RUNGS - k));
  return [direct(fn, origin, sign, 1, edges), inverted(fn, origin, sign, edges)];
}

function direct(fn: Integrand, origin: number, sign: 1 | -1, length: number, edges: readonly number[]): Chart {
  return { origin, sign, inverted: false, length, edges, at: (u) => fn(origin + sign * u) };
}

function inverted(fn: Integrand, origin: number, sign: 1 | -1, edges: readonly number[]): Chart {
  const at = (u: number): number => {
    const y = fn(origin + sign / u);
    // Dividing twice: 1/u² alone overflows where the integrand has long made up for it.
    return y === 0 ? 0 : y / u / u;
  };
  return { origin, sign, inverted: true, length: 1, edges, at };
}

/** Panels of unequal widths, so that no period of the integrand fits all of them. */
function uneven(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return length;
    const shift = (((i + 1) * GOLDEN) % 1) - 0.5;
    return (length * (i + 1 + 0.5 * shift)) / count;
  });
}

/** The smallest distance from the origin that x can still tell apart well. */
export function nearest(chart: Chart): number {
  const digits = chart.inverted || chart.origin === 0 ? 0 : Math.abs(chart.origin) * 1000 * Number.EPSILON;
  return Math.max(digits, chart.length * 1e-280, 1e-300);
}

/** The x of a distance. */
export function place(chart: Chart, u: number): number {
  return chart.origin + (chart.inverted ? chart.sign / u : chart.sign * u);
}
