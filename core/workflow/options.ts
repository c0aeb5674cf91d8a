import { refuse } from './diagnostic.ts';
import { here, scopeNow } from './tracer.ts';

/** Refuses an option that is not known: a misspelt option would be silently ignored. */
export function checkedOptions(what: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object') stopAt(what, 'the options must be an object');
  for (const key of Object.keys(options))
    if (!known.includes(key)) stopAt(what, `'${key}'; known: ${known.join(', ')}`);
}

export function wholeNumber(what: string, value: unknown, min: number, max: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  return stopAt(what, `it must be a whole number from ${min} to ${max}, not ${shown(value)}`);
}

/** Steps are declared outside of any workflow: what is being declared is the place then. */
function stopAt(what: string, detail: string): never {
  return refuse('SK119', scopeNow() === undefined ? what : `${here()} > ${what}`, detail);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? typeof value : String(value);
}
