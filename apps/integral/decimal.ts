import { invalidInput } from 'skein';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const LONGEST = 40;

/**
 * A decimal number from a path or a query: `3`, `-2.5`, `.5`, `1e-3`; no hexadecimal, no white space, no comma.
 *
 * @throws InvalidInput naming the field
 */
export function decimal(field: string, text: string | undefined): number {
  if (text === undefined) throw invalidInput(`${field} is missing`, field);
  if (text.length > LONGEST) throw invalidInput(`${field} must have at most ${LONGEST} characters`, field);
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value))
    throw invalidInput(`${field} must be a number such as 3, -2.5 or 1e-3, got ${JSON.stringify(text)}`, field);
  return value;
}

/** @throws InvalidInput naming the field, unless the text is an integer within the limits */
export function integer(field: string, text: string, from: number, to: number): number {
  const value = decimal(field, text);
  if (!/^\d+$/.test(text) || value < from || value > to)
    throw invalidInput(`${field} must be an integer from ${from} to ${to}, got ${JSON.stringify(text)}`, field);
  return value;
}
