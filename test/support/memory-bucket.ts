import { createHash } from 'node:crypto';
import { Failure } from '../../core/error.ts';
import type { Body, BucketClient, ObjectInfo } from '../../core/resources/bucket.ts';
import { checkedKey } from '../../core/resources/bucket.ts';
import { signedUrls } from '../../core/resources/signed-urls.ts';

/** A bucket in memory, for tests: what the port promises and no more. Pages have at most `pageSize` items. */
export function memoryBucket(pageSize = 1_000): BucketClient & { readonly objects: ReadonlyMap<string, Uint8Array> } {
  const objects = new Map<string, Uint8Array>();
  const etags = new WeakMap<Uint8Array, string>();
  const info = (key: string, bytes: Uint8Array): ObjectInfo => ({
    key,
    size: bytes.length,
    etag: etags.get(bytes) ?? '',
    contentType: 'application/octet-stream',
    updatedAt: new Date(0),
  });
  return {
    objects,
    ...signedUrls('memory'),
    async get(key, { from = 0, to = Number.POSITIVE_INFINITY } = {}) {
      const whole = objects.get(checkedKey(key));
      if (whole === undefined) return undefined;
      const bytes = whole.slice(from, Math.min(to, whole.length));
      const start = Math.min(from, whole.length);
      return {
        ...info(key, whole),
        range: { from: start, to: start + bytes.length },
        body: new Blob([bytes]).stream(),
        bytes: async () => bytes,
        text: async () => new TextDecoder().decode(bytes),
      };
    },
    async head(key) {
      const bytes = objects.get(checkedKey(key));
      return bytes && info(key, bytes);
    },
    async list({ prefix = '', cursor, limit = 1_000 } = {}) {
      const keys = [...objects.keys()]
        .filter((key) => key.startsWith(prefix) && (cursor === undefined || compare(key, cursor) > 0))
        .sort(compare);
      const items = keys.slice(0, Math.min(limit, pageSize)).map((key) => info(key, objects.get(key)!));
      const last = items.at(-1);
      return items.length < keys.length && last !== undefined ? { items, next: last.key } : { items };
    },
    async put(key, body, { ifMatch, ifNoneMatch } = {}) {
      const bytes = await bytesOf(body);
      const old = objects.get(checkedKey(key));
      if ((ifNoneMatch && old) || (ifMatch !== undefined && ifMatch !== (old && info(key, old).etag)))
        throw new Failure({ name: 'PreconditionFailed', message: key });
      objects.set(key, bytes);
      etags.set(bytes, createHash('sha256').update(bytes).digest('hex').slice(0, 32));
      return info(key, bytes);
    },
    async delete(key) {
      objects.delete(checkedKey(key));
    },
  };
}

async function bytesOf(body: Body): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? new Uint8Array(body) : new Response(body as BodyInit).bytes();
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
