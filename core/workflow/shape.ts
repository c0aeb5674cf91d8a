import { refuse } from './diagnostic.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function record(value: unknown, at: string): Fields {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Fields;
  return refuse('SK201', at, `an object is wanted, not ${show(value)}`);
}

export function fields(value: unknown, at: string, must: readonly string[], may: readonly string[]): Fields {
  const found = record(value, at);
  for (const key of must) if (!Object.hasOwn(found, key)) refuse('SK201', at, `the field '${key}' is missing`);
  for (const key of Object.keys(found))
    if (!must.includes(key) && !may.includes(key))
      refuse('SK202', `${at}.${key}`, `known: ${[...must, ...may].join(', ')}`);
  return found;
}

export function list(value: unknown, at: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse('SK201', at, `an array is wanted, not ${show(value)}`);
}

export function text(value: unknown, at: string): void {
  if (typeof value !== 'string') refuse('SK201', at, `a string is wanted, not ${show(value)}`);
}

export function whole(value: unknown, at: string, min: number, max: number): void {
  if (!(Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max))
    refuse('SK201', at, `a whole number from ${min} to ${max} is wanted, not ${show(value)}`);
}

export function show(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'an array'
        : 'an object'
      : JSON.stringify(value);
  return (shown ?? String(value)).slice(0, 80);
}
