import { invalidInput } from 'skein';
import { left, midpoint } from 'skein/numeric';
import { decimal, integer } from './decimal.ts';

/** The lab's numbers of subintervals, in its order; 100 is there twice. */
export const SUBINTERVALS = [10, 100, 100, 1000, 10_000, 100_000, 1_000_000] as const;

const MOST_SUBINTERVALS = 10_000_000;

const RULES = { left, midpoint };

export type Rule = keyof typeof RULES;

export interface Sums {
  readonly lower: number;
  readonly upper: number;
  readonly rule: Rule;
  readonly results: readonly { readonly n: number; readonly value: number }[];
}

/** Rectangle sums of |sin x| from lower to upper, one for each number of subintervals. */
function sums(lower: number, upper: number, rule: Rule, numbers: readonly number[] = SUBINTERVALS): Sums {
  const known = new Map([...new Set(numbers)].map((n) => [n, RULES[rule](absoluteSine, lower, upper, n)]));
  return { lower, upper, rule, results: numbers.map((n) => ({ n, value: known.get(n)! })) };
}

const absoluteSine = (x: number): number => Math.abs(Math.sin(x));

/** What a request may say about the sums: path parameters, and all values of each query parameter. */
export interface Asked {
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, readonly string[] | undefined>>;
}

/**
 * The sums that a request asks for; `names` are what it calls the two bounds.
 *
 * @throws InvalidInput naming the parameter
 */
export function asked(request: Asked, [from, to]: readonly [string, string]): Sums {
  const lower = decimal(from, single(request, from));
  const upper = decimal(to, single(request, to));
  if (!Number.isFinite(upper - lower)) throw invalidInput(`${to} is too far from ${from}`, to);
  const rule = single(request, 'rule') ?? 'midpoint';
  if (rule !== 'left' && rule !== 'midpoint')
    throw invalidInput(`rule must be left or midpoint, got ${JSON.stringify(rule.slice(0, 40))}`, 'rule');
  const n = single(request, 'n');
  return sums(lower, upper, rule, n === undefined ? SUBINTERVALS : [integer('n', n, 1, MOST_SUBINTERVALS)]);
}

function single({ path, query }: Asked, name: string): string | undefined {
  const given = [...(path[name] === undefined ? [] : [path[name]]), ...(query[name] ?? [])];
  if (given.length > 1) throw invalidInput(`${name} is given more than once`, name);
  return given[0];
}
