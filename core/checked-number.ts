import { invalidInput } from './error.ts';

/** A whole number within bounds. @throws `InvalidInput` naming the field. */
export function checkedNumber(field: string, value: unknown, min: number, max: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw invalidInput(`${field}: must be a whole number from ${min} to ${max}, not ${String(value)}`, field);
}
