import type { RpcTypedData } from './rpc.ts';

/** The value that data stands for, as the host takes it from the worker; `undefined` where there is none. */
export function fromTyped(data: RpcTypedData | null | undefined): unknown {
  if (data === null || data === undefined) return undefined;
  if (isThere(data.string)) return data.string;
  if (isThere(data.json)) return JSON.parse(data.json) as unknown;
  if (isThere(data.bytes)) return Buffer.from(data.bytes);
  if (isThere(data.stream)) return Buffer.from(data.stream);
  return data.int ?? data.double ?? undefined;
}

/** Data for the worker, as `ToRpc` of the host makes it: text is text, bytes are bytes, and all else is JSON. */
export function toTyped(value: unknown): RpcTypedData {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  return { json: JSON.stringify(value) };
}

function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/**
 * The items of an output that may be several, as the host reads them: an array is its items, and so is text that is JSON of one; text
 * that is JSON of an object is that object.
 */
export function itemsOf(data: RpcTypedData): readonly unknown[] {
  const value = fromTyped(data);
  const read = typeof value === 'string' && /^\s*[[{]/.test(value) ? parsed(value) : value;
  return Array.isArray(read) ? read : [read];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The text of an item. @param strict objects become JSON with line breaks, as the real host writes them */
export function textOf(value: unknown, strict: boolean): string {
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object' && strict) return JSON.stringify(value, null, 2);
  return JSON.stringify(value);
}

/** The bytes of an output of one value. @param strict a number becomes its bytes, lowest first, as in the real host */
export function bytesOf(data: RpcTypedData, strict: boolean): Buffer {
  const value = fromTyped(data);
  if (value instanceof Buffer) return value;
  if (strict && isThere(data.int)) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(data.int | 0);
    return bytes;
  }
  if (strict && isThere(data.double)) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(data.double);
    return bytes;
  }
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}
