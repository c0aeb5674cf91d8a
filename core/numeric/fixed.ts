import { type Exact, merge, plus, rounded } from './exact.ts';
import { legendre } from './legendre.ts';
import { callable, finite, refuse, whole } from './option.ts';
import { Sum } from './sum.ts';

export type Integrand = (x: number) => number;

/**
 * A rule with N equal subintervals and no error estimate: an infinite value of the integrand shows in the answer.
 *
 * Simpson's rule uses the ends and the middle of each subinterval, so N need not be even. `gauss` is Gauss–Legendre with
 * 5 points in each subinterval.
 */
export type FixedRule = 'left' | 'midpoint' | 'trapezoid' | 'simpson' | 'gauss';

export interface Share {
  /** Which part this is, from 0. */
  readonly part: number;
  /** How many parts there are. */
  readonly parts: number;
}

/**
 * Subintervals are summed in blocks of this many, and a block is never divided between two parts. A block's sum is one
 * double whoever computes it, and the sum of blocks is exact, so the answer cannot depend on the number of parts.
 */
const BLOCK = 1024;

/** The most subintervals that a rule takes. */
const MOST = 1e9;

/**
 * One part's share of a fixed rule: the sum of weighted values over its blocks, not yet multiplied by the width of a
 * subinterval. Shares may be computed anywhere, in any order; `together` gives the same double for any number of parts.
 *
 * @throws InvalidInput naming `rule`, `fn`, `a`, `b`, `n`, `part` or `parts`
 */
export function share(rule: FixedRule, fn: Integrand, a: number, b: number, n: number, of: Share): Exact {
  if (!Object.hasOwn(BLOCKS, rule)) refuse('rule', `one of ${Object.keys(BLOCKS).join(', ')}`, rule);
  callable('fn', fn);
  finite('a', a);
  finite('b', b);
  whole('n', n, 1, MOST);
  whole('parts', of.parts, 1, MOST);
  whole('part', of.part, 0, of.parts - 1);
  const block = BLOCKS[rule];
  const blocks = Math.ceil(n / BLOCK);
  const end = Math.floor(((of.part + 1) * blocks) / of.parts);
  let total: Exact = [];
  for (let k = Math.floor((of.part * blocks) / of.parts); k < end; k++)
    total = plus(total, block(fn, a, b, n, k * BLOCK, Math.min(n, (k + 1) * BLOCK)));
  return total;
}

/** The rule's answer from the shares of all parts. */
export function together(shares: readonly Exact[], a: number, b: number, n: number): number {
  return rounded(shares.reduce(merge, [])) * ((b - a) / n);
}

/** The rule with `n` subintervals of [a, b], in one go. */
export function fixed(rule: FixedRule, fn: Integrand, a: number, b: number, n: number): number {
  return together([share(rule, fn, a, b, n, { part: 0, parts: 1 })], a, b, n);
}

/** Σ f(aᵢ)·h, where aᵢ is the left end of a subinterval. */
export const left = (fn: Integrand, a: number, b: number, n: number): number => fixed('left', fn, a, b, n);

/** Σ f(mᵢ)·h, where mᵢ is the middle of a subinterval. */
export const midpoint = (fn: Integrand, a: number, b: number, n: number): number => fixed('midpoint', fn, a, b, n);

/** Σ (f(aᵢ) + f(bᵢ))·h/2. */
export const trapezoid = (fn: Integrand, a: number, b: number, n: number): number => fixed('trapezoid', fn, a, b, n);

/** Σ (f(aᵢ) + 4f(mᵢ) + f(bᵢ))·h/6. */
export const simpson = (fn: Integrand, a: number, b: number, n: number): number => fixed('simpson', fn, a, b, n);

/** Gauss–Legendre with 5 points in each subinterval: exact up to degree 9. */
export const gauss = (fn: Integrand, a: number, b: number, n: number): number => fixed('gauss', fn, a, b, n);

type Block = (fn: Integrand, a: number, b: number, n: number, from: number, to: number) => number;

/** One function a rule: the weighted values of subintervals `from` up to, not including, `to`. */
const BLOCKS: { readonly [rule in FixedRule]: Block } = {
  left(fn, a, b, n, from, to) {
    const width = (b - a) / n;
    const total = new Sum();
    for (let i = from; i < to; i++) total.add(fn(a + i * width));
    return total.value;
  },
  midpoint(fn, a, b, n, from, to) {
    const width = (b - a) / n;
    const total = new Sum();
    for (let i = from; i < to; i++) total.add(fn(a + (i + 0.5) * width));
    return total.value;
  },
  trapezoid(fn, a, b, n, from, to) {
    const width = (b - a) / n;
    const total = new Sum();
    for (let i = from; i < to; i++) total.add(i === 0 ? fn(a) / 2 : fn(a + i * width));
    if (to === n) total.add(fn(b) / 2);
    return total.value;
  },
  simpson(fn, a, b, n, from, to) {
    return (BLOCKS.trapezoid(fn, a, b, n, from, to) + 2 * BLOCKS.midpoint(fn, a, b, n, from, to)) / 3;
  },
  gauss(fn, a, b, n, from, to) {
    const { nodes, weights } = legendre(5);
    const width = (b - a) / n;
    const total = new Sum();
    for (let i = from; i < to; i++)
      for (let k = 0; k < nodes.length; k++) total.add((weights[k]! / 2) * fn(a + (i + 0.5 + nodes[k]! / 2) * width));
    return total.value;
  },
};
