import type { Json } from '../../core/index.ts';
import type { StepCode } from './reference.ts';

/** A number that depends on the whole value and not on the order of its keys. */
export function hash(value: Json, salt = 7): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => mix(sum, hash(item, salt)), mix(salt, 31));
  if (value === null || typeof value !== 'object') {
    let sum = salt;
    for (const char of JSON.stringify(value)) sum = mix(sum, char.charCodeAt(0));
    return sum;
  }
  const parts = Object.entries(value).map(([key, item]) => hash(item, hash(key, salt)));
  return parts.reduce((sum, part) => (sum + part) >>> 0, mix(salt, 53));
}

function mix(sum: number, value: number): number {
  return (Math.imul(sum, 31) + value) >>> 0;
}

export const ERRORS = ['BoomA', 'BoomB', 'Transient', 'Other'] as const;
const named = (name: string, message: string, data?: unknown): Error =>
  Object.assign(new Error(message), { name, ...(data !== undefined && { data }) });

/** Pure functions of their input and the number of the attempt, so that two sides can be compared. */
export const steps = {
  echo: (x) => x,
  num: (x) => hash(x) % 5,
  list: (x) =>
    Array.from({ length: hash(x) % 4 }, (_, k) => ({
      k,
      s: ['', '$.in', 'a'][(hash(x) + k) % 3],
      ...(hash([x, k]) % 2 === 0 && { opt: 0 }),
    })),
  rec: (x) => ({
    ...{ z: 0, e: '', f: hash(x) % 2 === 0, n: null, s: '$.in.v', g: "States.Format('{}',$.x)" },
    ...{ 'odd key': hash(x) % 7, 'a.b': 1, nested: { deep: hash(x) % 3 }, arr: [1, [], {}] },
    ...[{ opt: null }, { opt: 'o' }, {}][hash(x) % 3],
  }),
  boom: (x) => {
    if (hash(x, 1) % 3 > 0) return { ok: true, x };
    const name = ERRORS[hash(x, 2) % 4] as string;
    throw named(name, `m "${hash(x)}" $.x \\`, hash(x, 3) % 2 === 0 ? { h: hash(x) % 9, z: [0, null] } : undefined);
  },
  flaky: (x, attempt) => {
    if (attempt <= hash(x, 4) % 5) throw named(hash(x, 5) % 3 === 0 ? 'Other' : 'Transient', `try ${attempt}`);
    return attempt;
  },
  /** What is not quite JSON, and not quite an error. */
  odd: (x) => {
    switch (hash(x, 6) % 6) {
      case 0:
        throw null;
      case 1:
        throw named('', 'nameless');
      case 2:
        throw named('States.Timeout', 'reserved');
      case 3:
        return undefined;
      case 4:
        return { at: new Date(0), gone: undefined, list: [undefined, -0] };
      default:
        return -0;
    }
  },
} as const satisfies Readonly<Record<string, StepCode>>;
