/** A JSON value: the only thing that crosses a step, a workflow or a room. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * What a value becomes on its way through a journal or an engine: `undefined` at the top is `null`, `-0` is `0`, and what
 * JSON has no word for is dropped or `null`, as `JSON.stringify` does it.
 *
 * @throws TypeError on a cycle or a bigint.
 */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}

const encoder = new TextEncoder();

/** Size in bytes of a value as UTF-8 JSON. */
export function byteLength(value: Json): number {
  return encoder.encode(JSON.stringify(value)).byteLength;
}

/** Whether a value is larger than `limit` bytes of UTF-8 JSON; cheap where it plainly is not. */
export function exceeds(value: Json, limit: number): boolean {
  const text = JSON.stringify(value);
  return text.length * 3 > limit && (text.length > limit || encoder.encode(text).byteLength > limit);
}

/** JSON text with the keys of every object sorted, so that equal values have equal texts. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join(',')}}`;
}
