/** A decimal text of a quotient, without trailing zeros. */
export interface Quotient {
  readonly text: string;
  /** Whether the text is not the quotient itself but the nearest decimal of so many digits. */
  readonly rounded: boolean;
}

/**
 * Divides integers of any size.
 *
 * @param denominator above 0.
 * @param decimals digits behind the point at most; what has more is rounded to the nearest, and half way to the even digit.
 */
export function exactQuotient(numerator: bigint, denominator: bigint, decimals: number): Quotient {
  const negative = numerator < 0n;
  const scaled = (negative ? -numerator : numerator) * 10n ** BigInt(decimals);
  const below = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && below % 2n === 1n);
  const nearest = up ? below + 1n : below;
  const digits = String(nearest).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  const sign = negative && nearest !== 0n ? '-' : '';
  return { text: `${sign}${whole}${fraction && `.${fraction}`}`, rounded: twice !== 0n };
}
