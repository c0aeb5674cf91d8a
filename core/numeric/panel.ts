import { type Chart, nearest } from './chart.ts';
import { kink } from './kink.ts';
import { DEGREE_13, DEGREE_14, GAP, GAUSS, KRONROD, PLACES, TO_END } from './kronrod.ts';
import { GROUND, type Ladder, shrinkage } from './ladder.ts';

/** A part of a chart with its integral and how much to trust it. */
export interface Panel {
  readonly chart: Chart;
  readonly from: number;
  readonly to: number;
  /** The integrand at both ends; not finite where it has no value there. */
  readonly first: number;
  readonly last: number;
  readonly value: number;
  /** Infinity where nothing can be said yet. */
  readonly error: number;
  /** The plain 15-point value: what a ladder adds up. */
  readonly mass: number;
  /** The integral of |f|. */
  readonly size: number;
  /** At how many of the 15 nodes the integrand had no finite value, not even beside them. */
  readonly holes: number;
  /** Where to divide it next: inside (-1, 1), 0 is the middle. */
  readonly cut: number;
  /** Whether dividing it further cannot improve it. */
  readonly final: boolean;
  readonly depth: number;
  /** How many divisions in a row have not improved it. */
  readonly stale: number;
  readonly ladder: Ladder;
  readonly urgency: number;
  /** What it cost. */
  readonly evaluations: number;
}

export type Frame = Pick<Panel, 'chart' | 'from' | 'to' | 'first' | 'last' | 'depth' | 'stale' | 'ladder'>;

export type Stretch = Pick<Panel, 'from' | 'to'>;

/** A panel whose error is this large a part of its ∫|f| has not been understood at all. */
export const UNRESOLVED = 0.1;

/** Rounding per panel, in units of the integral of |f|: a few units in the last place. */
const NOISE = 4 * Number.EPSILON;
/** How much of the highest Legendre coefficients counts as error. A test measures what these margins hide at worst. */
const TOP = 2;
/** The coefficients add up values with large weights of both signs: below this part of ∫|f| they are rounding alone. */
const TOP_NOISE = 64 * Number.EPSILON;
/** A finite value at an end point that fits no neighbour counts until the panel is this many halvings small. */
const PLAUSIBLE = 40;
/** An end point without a finite value is only believed after this many steps towards it. */
const CLOSE = 8;

/**
 * Evaluates a panel with 15 points. The error estimate has three parts, each blind to other things: the difference of the
 * Gauss and Kronrod sums, the two highest Legendre coefficients (a kink at an unlucky place makes the difference vanish, but
 * not them), and how far the values at both ends are from the continued polynomial (what hides outside the outermost node).
 *
 * `y` is scratch space for 17 numbers; where a panel's error is above `bother`, it also looks for the best place to divide.
 */
export function panel(frame: Frame, y: Float64Array, bother: number): Panel {
  const { chart, from, to, first, last } = frame;
  const half = (to - from) / 2;
  let evaluations = 15;
  let holes = 0;
  let kronrod = 0;
  let gauss = 0;
  let size = 0;
  let top13 = 0;
  let top14 = 0;
  let toFirst = 0;
  let toLast = 0;
  for (let i = 1; i < 16; i++) {
    // From the nearer end, so that a panel at 0 keeps the digits of its distance to 0.
    const u = i < 8 ? from + half * (1 + PLACES[i]!) : to - half * (1 - PLACES[i]!);
    let value = chart.at(u);
    if (!Number.isFinite(value)) {
      value = beside(chart, u, half);
      evaluations += 2;
      if (!Number.isFinite(value)) {
        holes += 1;
        value = 0;
      }
    }
    y[i] = value;
  }
  for (let i = 1; i < 16; i++) {
    const value = y[i]!;
    kronrod += KRONROD[i]! * value;
    gauss += GAUSS[i]! * value;
    size += KRONROD[i]! * Math.abs(value);
    top13 += DEGREE_13[i]! * value;
    top14 += DEGREE_14[i]! * value;
    toLast += TO_END[i]! * value;
    toFirst += TO_END[16 - i]! * value;
  }
  const mass = kronrod * half;
  size *= half;
  const floor = NOISE * size;
  let error = half * Math.abs(kronrod - gauss);
  const top = half * TOP * (Math.abs(top13) + Math.abs(top14));
  if (top > TOP_NOISE * size) error += top;
  if (Number.isFinite(last)) error += half * GAP * Math.abs(last - toLast);
  // With less than three digits the rules have not begun to converge, and their difference says too little.
  if (error > 0.001 * size) error *= 5;
  const atEnd = from === 0;
  let value = mass;
  if (!atEnd) {
    if (Number.isFinite(first)) error += half * GAP * Math.abs(first - toFirst);
  } else {
    if (Number.isFinite(first) && frame.ladder.count < PLAUSIBLE) error += half * GAP * Math.abs(first - toFirst);
    [value, error] = atEndPoint(frame, mass, error, floor);
  }
  if (holes > 0 || !Number.isFinite(size)) error = Infinity;
  const narrow = atEnd ? to <= nearest(chart) : half <= grain(chart, to);
  const hollow = holes > 7 && frame.depth > 8;
  const resolved = error <= floor;
  let cut = 0;
  if (!atEnd && error > bother && error < Infinity) {
    y[0] = Number.isFinite(first) ? first : Number.NaN;
    y[16] = Number.isFinite(last) ? last : Number.NaN;
    cut = kink(y);
  }
  return {
    chart,
    from,
    to,
    first,
    last,
    depth: frame.depth,
    stale: frame.stale,
    ladder: frame.ladder,
    value,
    error: Math.max(error, floor),
    mass,
    size,
    holes,
    cut,
    final: resolved || narrow || hollow,
    urgency: error,
    evaluations,
  };
}

/** The panel that reaches its chart's end point: the 15-point value or the ladder's rest, whichever is known better. */
function atEndPoint(
  { first, ladder }: Frame,
  mass: number,
  error: number,
  floor: number,
): readonly [value: number, error: number] {
  const ratio = Math.abs(shrinkage(ladder));
  // Towards u^-1 the difference of two rules says ever less about what both of them miss.
  const factor = ladder.count < 2 || error <= floor ? 1 : ratio < 0.98 ? Math.max(1, 0.5 / (1 - ratio)) : Infinity;
  const known = Number.isFinite(first) || ladder.count >= CLOSE;
  const own = known ? error * factor * (Number.isFinite(first) ? 1 : 8) : Infinity;
  const { best } = ladder;
  // A finite value at the end point is evidence that the ladder does not see, such as a peak there.
  const usable = best !== undefined && (!Number.isFinite(first) || ladder.count >= PLAUSIBLE);
  return usable && best.error < own ? [best.answer - ladder.sum, best.error] : [mass, own];
}

/** The value of an integrand that has none at this very point, from both sides of it. */
function beside(chart: Chart, u: number, half: number): number {
  const step = Math.min(half * 1e-6, u * 0.5);
  return (chart.at(u - step) + chart.at(u + step)) / 2;
}

/** The half width below which nodes can no longer be told apart. */
function grain(chart: Chart, to: number): number {
  const magnitude = chart.inverted || chart.origin === 0 ? to : Math.abs(chart.origin) + to;
  return 32 * Number.EPSILON * magnitude;
}

/** A chart's first panel frames. */
export function frames(chart: Chart): Frame[] {
  const ends = [0, ...chart.edges];
  const values = ends.map((u) => (u === 0 && chart.inverted ? Number.NaN : chart.at(u)));
  return chart.edges.map((to, i) => ({
    chart,
    from: ends[i]!,
    to,
    first: values[i]!,
    last: values[i + 1]!,
    depth: 0,
    stale: 0,
    ladder: GROUND,
  }));
}
