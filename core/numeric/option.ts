import { invalidInput } from '../error.ts';

/** A refused option: the message names the field and shows the offending value. */
export function refuse(field: string, wanted: string, got: unknown): never {
  throw invalidInput(`${field} must be ${wanted}, got ${shown(got)}`, field);
}

/** @throws InvalidInput unless `value` is a finite number */
export function finite(field: string, value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(field, 'a finite number', value);
}

/** @throws InvalidInput unless `value` is an integer within the limits, both included */
export function whole(field: string, value: unknown, from: number, to: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
    ? value
    : refuse(field, `an integer from ${from} to ${to}`, value);
}

/** @throws InvalidInput unless `value` is a function */
export function callable(field: string, value: unknown): void {
  if (typeof value !== 'function') refuse(field, 'a function', value);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return Object.is(value, -0) ? '-0' : String(value);
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
