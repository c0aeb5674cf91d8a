import { invalidInput } from '../../../core/error.ts';
import { fields, type LambdaEvent } from '../events/field.ts';

export type HeaderPair = readonly [name: string, value: string];

/** The pairs of the fields that hold one value a name and of those that hold several; where both know a name, the several count. */
export function headerPairs(single: unknown, several?: unknown): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  const many = fields(several);
  const one = fields(single);
  for (const name of Object.keys(many)) pushAll(pairs, name, many[name]);
  if (pairs.length === 0) {
    for (const name of Object.keys(one)) pushAll(pairs, name, one[name]);
    return pairs;
  }
  // Nearly always both have the same names, spelled alike: then nothing has to be lowered.
  const rest = Object.keys(one).filter((name) => !isGiven(many, name));
  if (rest.length === 0) return pairs;
  const known = new Set(pairs.map(([name]) => name.toLowerCase()));
  for (const name of rest) if (!known.has(name.toLowerCase())) pushAll(pairs, name, one[name]);
  return pairs;
}

/** Whether a header has this name, which is in small letters. */
export function isNamed(name: string, expected: string): boolean {
  return name.length === expected.length && name.toLowerCase() === expected;
}

function isGiven(many: LambdaEvent, name: string): boolean {
  const values = Object.hasOwn(many, name) ? many[name] : undefined;
  return Array.isArray(values) && typeof values[0] === 'string';
}

function pushAll(pairs: HeaderPair[], name: string, values: unknown): void {
  if (typeof values === 'string') {
    pairs.push([name, toByteString(values)]);
    return;
  }
  for (const value of Array.isArray(values) ? values : [values]) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object')
      throw invalidInput(`headers: ${JSON.stringify(name.slice(0, 80))} must be a string`, 'headers');
    pairs.push([name, toByteString(String(value))]);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: Latin-1 begins with them
const BEYOND_LATIN_1 = /[^\u0000-\u00ff]/;

/** A header's value is bytes; a front that read them as UTF-8 has it undone here, so that apps see what a server would show. */
function toByteString(value: string): string {
  return BEYOND_LATIN_1.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}
