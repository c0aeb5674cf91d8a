import { PLACES } from './kronrod.ts';

/** Nodes a side that tell where a kink is: a straight line, so that a neighbouring kink shows as little as possible. */
const NEAR = 2;
/** Nodes a side that tell its place, at most. */
const FAR = 8;
/** A fault must be so many times as large as anything away from it. */
const CLEAR = 3;
const LAST = PLACES.length - 1;

/** No integrand is called while it is in use, so that one is enough. */
const mismatches = new Float64Array(LAST);

/** Places on one side of a gap, and weights over all 17 places that continue their polynomial somewhere. */
interface Side {
  readonly from: number;
  readonly to: number;
  readonly weights: Float64Array;
}

/** For each gap between two neighbouring places: how to continue each side across it, and how to both sides' depth. */
const gaps = Array.from({ length: LAST }, (_, i) => ({
  left: continued(Math.max(0, i - NEAR + 1), i, PLACES[i + 1]!),
  right: continued(i + 1, Math.min(LAST, i + NEAR), PLACES[i]!),
  below: barycentric(Math.max(0, i - FAR + 1), i),
  above: barycentric(i + 1, Math.min(LAST, i + FAR)),
}));

/**
 * Where in (-1, 1) a panel is best divided, or 0 for "nothing stands out: in the middle".
 *
 * A kink or a jump costs bisection one level per binary digit of its position. Continuing the smooth pieces on its two
 * sides until they meet finds a kink in one step. The choice only saves work: no error estimate relies on it.
 *
 * `y` holds the values at the 17 places; an end that must not be used is NaN.
 */
export function kink(y: Float64Array): number {
  let worst = -1;
  for (let i = 0; i < LAST; i++) {
    mismatches[i] = mismatch(y, i);
    if (mismatches[i]! > (mismatches[worst] ?? 0)) worst = i;
  }
  if (worst < 0) return 0;
  const size = mismatches[worst]! / CLEAR;
  for (let i = 0; i < LAST; i++) if (Math.abs(i - worst) > NEAR && mismatches[i]! > size) return 0;
  // A fault between an end and the outermost node: cut that sliver off and look again with nodes on both sides.
  if (worst === 0) return PLACES[1]!;
  if (worst === LAST - 1) return PLACES[LAST - 1]!;
  return crossing(y, worst);
}

/** How much the slopes of both sides disagree across a gap. */
function mismatch(y: Float64Array, i: number): number {
  const { left, right } = gaps[i]!;
  // Beside an end there is no slope on one of the sides.
  const fromLeft = i === 0 ? 0 : Math.abs(y[i + 1]! - apply(left, y));
  const fromRight = i === LAST - 1 ? 0 : Math.abs(y[i]! - apply(right, y));
  const difference = fromLeft + fromRight;
  return Number.isFinite(difference) ? difference / (PLACES[i + 1]! - PLACES[i]!) : 0;
}

/** Where the continuations of both sides meet inside the gap; its middle where they do not, as at a jump. */
function crossing(y: Float64Array, gap: number): number {
  const { below, above } = gaps[gap]!;
  let low = PLACES[gap]!;
  let high = PLACES[gap + 1]!;
  let atLow = y[gap]! - interpolated(above, y, low);
  let atHigh = interpolated(below, y, high) - y[gap + 1]!;
  let guess = (low + high) / 2;
  if (!(atLow * atHigh < 0)) return guess;
  for (let round = 0; round < 12; round++) {
    const next = low - (atLow * (high - low)) / (atHigh - atLow);
    const moved = Math.abs(next - guess);
    guess = next;
    if (moved < 1e-7 || guess <= low || guess >= high) break;
    const value = interpolated(below, y, guess) - interpolated(above, y, guess);
    // Illinois: halving the value of the end that stays keeps both ends moving.
    if (value * atLow > 0) {
      low = guess;
      atLow = value;
      atHigh /= 2;
    } else {
      high = guess;
      atHigh = value;
      atLow /= 2;
    }
  }
  return guess;
}

/** The polynomial through one side's places, somewhere else: https://doi.org/10.1137/S0036144502417715 */
function interpolated({ from, to, weights }: Side, y: Float64Array, t: number): number {
  let above = 0;
  let below = 0;
  for (let i = from; i <= to; i++) {
    const weight = weights[i]! / (t - PLACES[i]!);
    above += weight * y[i]!;
    below += weight;
  }
  return above / below;
}

function barycentric(from: number, to: number): Side {
  const weights = new Float64Array(LAST + 1);
  for (let i = from; i <= to; i++) {
    let product = 1;
    for (let j = from; j <= to; j++) if (j !== i) product *= PLACES[i]! - PLACES[j]!;
    weights[i] = 1 / product;
  }
  return { from, to, weights };
}

/** Lagrange weights that continue the polynomial through the places of one side to `t`. */
function continued(from: number, to: number, t: number): Side {
  const side = barycentric(from, to);
  let product = 1;
  for (let i = from; i <= to; i++) product *= t - PLACES[i]!;
  const weights = side.weights.map((weight, i) => (weight === 0 ? 0 : (weight * product) / (t - PLACES[i]!)));
  return { from, to, weights };
}

function apply({ from, to, weights }: Side, y: Float64Array): number {
  let total = 0;
  for (let i = from; i <= to; i++) total += weights[i]! * y[i]!;
  return total;
}
