import { readFileSync } from 'node:fs';
import { fixture } from './fixtures.ts';

/** Our own: one of each kind that has broken somebody's program. */
const OWN = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%',
  '%zz',
  'a\u0000b',
  'a\r\nSet-Cookie: x=1',
  '{"time":"2000","message":"forged"}',
  'line\n{"time":"2000","message":"forged"}',
  '\u2028forged',
  '\u001b[31mred',
  '\u202etxt.exe',
  '\ud800',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '$\u007b7*7}',
  "' OR '1'='1",
  '__proto__',
  'constructor',
  'toString',
  '-0',
  '1e309',
  'NaN',
  '[object Object]',
  'a'.repeat(5_000),
  'é'.repeat(300),
  '𝒳'.repeat(40),
];

const SOURCES = [
  'fuzz/blns.json',
  'fuzz/hostile-strings.json',
  'fuzz/path-traversal.txt',
  'fuzz/crlf.txt',
  'fuzz/prototype-pollution.json',
];
export const missing = SOURCES.filter((source) => fixture(source) === undefined);

/** Our strings, and those of the fixtures where they are there; those that repeat are cut to `most` characters. */
export function hostileStrings(most: number): string[] {
  const found = SOURCES.flatMap((source) => {
    const file = fixture(source);
    return file === undefined ? [] : stringsIn(readFileSync(file, 'utf8'));
  });
  return [...new Set([...OWN, ...found].map((text) => text.slice(0, most)))];
}

/** Every string in a file of cases: the lines of a text, or the leaves of JSON, those that are to be repeated repeated. */
export function stringsIn(text: string): string[] {
  return /^[[{]/.test(text) ? leaves(JSON.parse(text)) : text.split('\n');
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const long = repeated(value);
  if (long !== undefined) return [long];
  return Object.values(value).flatMap(leaves);
}

/** What a case stands for that says what is repeated how often; `undefined` where it is none. */
export function repeated(value: object): string | undefined {
  const { repeat, n, suffix = '' } = value as { repeat?: string; n?: number; suffix?: string };
  return repeat === undefined || n === undefined ? undefined : repeat.repeat(n) + suffix;
}

/** Text as a segment of a path; what is no Unicode becomes what a careless client would send. */
export function segment(text: string): string {
  // A URL parser resolves dots, encoded or not, before any server sees them.
  return encodeURIComponent(text.toWellFormed()).replace(/^(\.{1,2})$/, '%252e');
}
