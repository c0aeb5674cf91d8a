import type { Json } from './json.ts';

/** Characters of one field, and of a line: what is longer is cut, and the line says so. */
const FIELD = 16_384;
const LINE = 65_536;
/** Values in one field, and how deep they may lie. */
const VALUES = 1_000;
const DEPTH = 10;

/** What a field may not pretend to be; it gets an underscore behind its name. */
const OWN: ReadonlySet<string> = new Set(['time', 'message', 'cut']);
/** JSON leaves these as they are; terminals and log viewers break lines at them, obey them or turn text around by them. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;

/**
 * One event as one line of JSON, without its end: `{ time, message, ...fields }`. No value can break or forge a line, make it long
 * without bound, or make this throw.
 *
 * Too long a string is cut; too long a value of another kind becomes the beginning of its JSON, as a string. `cut` counts the fields
 * for which the line had no room.
 */
export function logLine(time: Date, message: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const parts = [`"time":${JSON.stringify(time)}`, `"message":${bounded(loggable(message))}`];
  let left = LINE;
  let cut = 0;
  for (const [name, value] of Object.entries(loggableFields(fields))) {
    const part = `${bounded(OWN.has(name) ? `${name}_` : name)}:${bounded(value)}`;
    left -= part.length;
    if (left >= 0) parts.push(part);
    else cut++;
  }
  if (cut > 0) parts.push(`"cut":${cut}`);
  return `{${parts.join(',')}}`.replace(UNSAFE, escaped);
}

/** The fields of an event as JSON, whatever they were: what has no JSON becomes words. It never throws. */
export function loggableFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  try {
    // Each by itself: a huge one leaves room for the others.
    const present = Object.keys(fields).map((name): [string, unknown] => [name, read(fields, name)]);
    return Object.fromEntries(
      present.filter(([, value]) => value !== undefined).map(([name, value]) => [name, loggable(value)]),
    );
  } catch {
    return { fields: '[unreadable]' };
  }
}

function loggable(given: unknown): Json {
  let left = VALUES;
  const plain = (value: unknown, above: readonly object[]): Json => {
    if (left-- <= 0) return '[cut]';
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'function') return '[function]';
    if (typeof value !== 'object') return String(value);
    if (above.includes(value)) return '[circular]';
    if (above.length >= DEPTH) return '[deep]';
    try {
      return structured(value, (inner) => plain(inner, [...above, value]));
    } catch {
      return '[unreadable]';
    }
  };
  const structured = (value: object, inner: (value: unknown) => Json): Json => {
    if (value instanceof Error) return { name: inner(value.name), message: inner(value.message) };
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
    if (value instanceof Map || value instanceof Set) return inner([...value]);
    if (Array.isArray(value)) return some(value, left).map(inner);
    const entries = some(Object.keys(value), left).map((name): [string, unknown] => [name, read(value, name)]);
    const present = entries.filter(([, one]) => one !== undefined);
    return Object.fromEntries(present.map(([name, one]) => [name, inner(one)]));
  };
  return plain(given, []);
}

/** One more than there is room for, so that something says that it was cut. */
function some<T>(list: readonly T[], room: number): readonly T[] {
  return list.length > room ? list.slice(0, Math.max(room, 0) + 1) : list;
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return '[unreadable]';
  }
}

/** JSON of a value, at most a little longer than a field may be. */
function bounded(value: Json): string {
  const json = JSON.stringify(value);
  if (json.length <= FIELD) return json;
  const text = typeof value === 'string' ? value : json;
  // Escapes may make six characters of one.
  return JSON.stringify(`${text.slice(0, FIELD / 8)}… [${text.length} characters]`);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => character.charCodeAt(unit))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
