import { Failure } from '../error.ts';
import { byteLength, type Json } from '../json.ts';

/** Where a room keeps large values: its own bucket, not one of an app's. */
export interface ClaimStore {
  put(key: string, text: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
}

const MARK = 'skein:claim';

/** Puts a value aside and gives the claim that travels in its stead. */
export async function checkIn(value: Json, key: string, store: ClaimStore): Promise<Json> {
  // A name of its own for each attempt: a late attempt must not change what an earlier one's recorded claim names.
  const name = `${key}/${crypto.randomUUID()}`;
  await store.put(name, JSON.stringify(value));
  return { [MARK]: name, bytes: byteLength(value) };
}

/** The value with its claims redeemed: only those of the same run, so that a forged claim reaches nothing of another's. */
export async function checkOut(value: Json, run: string, store: ClaimStore): Promise<Json> {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => checkOut(item, run, store)));
  const name = Object.hasOwn(value, MARK) ? value[MARK] : undefined;
  if (typeof name === 'string' && name.startsWith(`${run}/`)) {
    const text = await store.get(name);
    if (text === undefined) throw new Failure({ name: 'ClaimLost', message: `nothing is kept under ${name}` });
    return JSON.parse(text) as Json;
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await checkOut(item, run, store)] as const),
  );
  return Object.fromEntries(entries);
}
