import { expect } from 'vitest';
import type { BucketClient, StoredObject } from '../../core/resources/bucket.ts';

/** Sends a request that has no key. `url` is what a signed URL says: absolute, or a path of the room. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** A law by its title: what must hold for any bucket that is empty at the start; `other` is a second one. */
export type Laws = Readonly<Record<string, (bucket: BucketClient, other: BucketClient, send: Send) => Promise<void>>>;

/** What a refusal of `field` looks like. */
export function refused(field: string) {
  return { name: 'InvalidInput', message: expect.stringContaining(field), data: { field } };
}

export async function found(bucket: BucketClient, key: string): Promise<StoredObject> {
  const object = await bucket.get(key);
  if (object === undefined) throw new Error(`there is no ${JSON.stringify(key)}`);
  return object;
}

export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Compares sizes first: a difference of megabytes makes no readable message. */
export function expectSame(got: Uint8Array, wanted: Uint8Array): void {
  expect(got.byteLength).toBe(wanted.byteLength);
  expect(Buffer.compare(got, wanted)).toBe(0);
}

export function patterned(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, n) => (n * 31 + (n >> 8)) & 0xff);
}

/** Versions differ in every byte, and in their sizes on both sides of any small-object threshold. */
export function version(n: number): Uint8Array {
  return new Uint8Array(1 + ((n * 7919) % 200_000)).fill(n);
}

export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(to) {
      if (at >= bytes.byteLength) return to.close();
      to.enqueue(bytes.slice(at, at + 100_003));
      at += 100_003;
    },
  });
}

export function brokenStream(size: number): ReadableStream<Uint8Array> {
  let left = size;
  return new ReadableStream({
    pull(to) {
      if (left <= 0) throw new Error('the line is cut');
      to.enqueue(new Uint8Array(65_536));
      left -= 65_536;
    },
  });
}

/** Puts under each key: an accepted one comes back and is listed, a refused one is `InvalidInput` and names `key`. */
export async function expectKeepsOrRefuses(bucket: BucketClient, keys: readonly string[]): Promise<void> {
  const kept = new Set<string>();
  await inBatches([...new Set(keys)], async (key) => {
    try {
      await bucket.put(key, `under ${key}`);
      kept.add(key);
    } catch (error) {
      expect(error, JSON.stringify(key)).toMatchObject(refused('key'));
      await expect(bucket.get(key)).rejects.toMatchObject(refused('key'));
    }
  });
  for (const key of kept) {
    const object = await found(bucket, key);
    expect([object.key, await object.text()]).toEqual([key, `under ${key}`]);
  }
  const listed = (await bucket.list()).items.map(({ key }) => key);
  expect(new Set(listed)).toEqual(kept);
}

/** So many at a time that a store is busy, and so few that none is short of handles. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += 50) await Promise.all(items.slice(at, at + 50).map(work));
}
