/**
 * A sum without any rounding: doubles that do not overlap, smallest first, whose exact sum is the exact sum of all terms
 * so far. It is plain JSON (unless a term was not finite), so it may cross a step or a queue.
 */
export type Exact = readonly number[];

/**
 * Adds a term to an exact sum.
 *
 * Because nothing is rounded, the order of the terms and the way they were grouped cannot change `rounded` of the outcome.
 * Source: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic", https://doi.org/10.1007/PL00009321
 */
export function plus(exact: Exact, term: number): Exact {
  const parts: number[] = [];
  let carry = term;
  for (const part of exact) {
    const total = carry + part;
    const low = Math.abs(carry) >= Math.abs(part) ? part - (total - carry) : carry - (total - part);
    if (!Number.isFinite(total)) return [total];
    if (low !== 0) parts.push(low);
    carry = total;
  }
  parts.push(carry);
  return parts;
}

/** The exact sum of two exact sums. */
export function merge(one: Exact, other: Exact): Exact {
  return other.reduce(plus, one);
}

/** The double nearest to the exact sum: a function of the exact sum alone, not of how it came about. */
export function rounded(exact: Exact): number {
  const parts = [...exact];
  let high = parts.pop() ?? 0;
  let low = 0;
  while (parts.length > 0 && low === 0) {
    const part = parts.pop()!;
    const total = high + part;
    low = part - (total - high);
    high = total;
  }
  // What remains below decides a tie: half a unit in the last place plus a little more has to round away.
  const rest = parts.pop() ?? 0;
  if (low !== 0 && rest !== 0 && low > 0 === rest > 0) {
    const twice = low * 2;
    const up = high + twice;
    if (up - high === twice) high = up;
  }
  return high;
}
