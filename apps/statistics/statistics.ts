import { exactQuotient } from './exact-quotient.ts';

/** Digits of the mean behind the point, at most. */
export const MEAN_DECIMALS = 10;

/** Decimal texts: numbers of JSON would lose digits. */
export interface Statistics {
  readonly count: number;
  readonly min: string;
  readonly max: string;
  /** Exact: of an even count it may end in `.5`. */
  readonly median: string;
  /** To `MEAN_DECIMALS` decimals, half to even. */
  readonly mean: string;
  /** Whether the mean is not exact. */
  readonly rounded: boolean;
}

/** @throws RangeError of no numbers. */
export function statistics(numbers: readonly bigint[]): Statistics {
  if (numbers.length === 0) throw new RangeError('no numbers have no statistics');
  const sorted = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const count = sorted.length;
  const middle = sorted[(count - 1) >> 1]! + sorted[count >> 1]!;
  const sum = sorted.reduce((total, one) => total + one, 0n);
  const { text: mean, rounded } = exactQuotient(sum, BigInt(count), MEAN_DECIMALS);
  return {
    count,
    min: String(sorted[0]),
    max: String(sorted[count - 1]),
    median: exactQuotient(middle, 2n, 1).text,
    mean,
    rounded,
  };
}
