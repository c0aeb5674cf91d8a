/** ∫ |sin x| dx from `lower` to `upper`, in closed form. */
export function integralOf(lower: number, upper: number): number {
  return primitive(upper) - primitive(lower);
}

/** Each arch of |sin| holds 2, and within an arch the area is 1 - cos. */
function primitive(x: number): number {
  const arch = Math.floor(x / Math.PI);
  return 2 * arch + 1 - Math.cos(x - arch * Math.PI);
}

export type Rule = 'left' | 'midpoint';

/**
 * The rectangle sum of |sin x| over `n` subintervals, without adding `n` terms: within an arch the terms are
 * Σ sin(s + ih) = sin(s + (m-1)h/2)·sin(mh/2)/sin(h/2), which costs the same for a million subintervals as for ten.
 */
export function rectangles(lower: number, upper: number, n: number, rule: Rule): number {
  const h = (upper - lower) / n;
  // Below this, sin(h / 2) would be 0.
  if (Math.abs(h) < 1e-100) return 0;
  const first = lower + (rule === 'midpoint' ? h / 2 : 0);
  let total = 0;
  for (let from = 0; from < n; ) {
    const arch = Math.floor((first + from * h) / Math.PI);
    // With a negative h the points run to the left, so that an arch ends at its beginning.
    const border = (h > 0 ? arch + 1 : arch) * Math.PI;
    const beyond = Math.ceil((border - first) / h);
    const to = Math.min(n, Math.max(beyond, from + 1));
    const m = to - from;
    const start = first + from * h;
    total += Math.abs((Math.sin(start + ((m - 1) * h) / 2) * Math.sin((m * h) / 2)) / Math.sin(h / 2));
    from = to;
  }
  return total * h;
}

/** The most by which a rectangle sum may differ from the integral of a function whose slope is at most 1. */
export function sumError(lower: number, upper: number, n: number, rule: Rule): number {
  const h = Math.abs(upper - lower) / n;
  return Math.abs(upper - lower) * (rule === 'left' ? h / 2 : h / 4);
}
