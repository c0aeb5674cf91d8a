import { objectPath } from '../http/object-path.ts';
import type { GetOptions, ListOptions, ObjectInfo, PutOptions, StoredObject } from '../resources/bucket.ts';
import type { Transport } from './transport.ts';

/** What can be sent from every browser. */
export type PutBody = string | Uint8Array<ArrayBuffer> | Blob;

export type ObjectEntry = Pick<ObjectInfo, 'key' | 'size' | 'etag'>;

/** A bucket of a room, with the admin key's rights. */
export interface BucketOverHttp {
  /** @throws `PreconditionFailed` where `ifMatch` or `ifNoneMatch` does not hold; `PayloadTooLarge` */
  put(key: string, body: PutBody, options?: PutOptions): Promise<{ readonly etag: string }>;
  /** `undefined` where there is no such object. @throws `RangeNotSatisfiable` */
  get(key: string, options?: GetOptions): Promise<StoredObject | undefined>;
  /** All objects, in the order of the UTF-8 bytes of their keys, a page at a time. */
  list(options?: Omit<ListOptions, 'cursor'>): AsyncGenerator<ObjectEntry, void, undefined>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}

export function bucketOverHttp(name: string, { send, ask, items }: Transport): BucketOverHttp {
  const path = (key: string): string => objectPath(name, key);
  return {
    put(key, body, { contentType = 'application/octet-stream', ifMatch, ifNoneMatch } = {}) {
      const headers = new Headers({ 'content-type': contentType });
      if (ifMatch !== undefined) headers.set('if-match', `"${ifMatch}"`);
      if (ifNoneMatch !== undefined) headers.set('if-none-match', ifNoneMatch);
      return ask(path(key), { method: 'PUT', body, headers });
    },
    async get(key, { from = 0, to } = {}) {
      const whole = from === 0 && to === undefined;
      const range = `bytes=${from}-${to === undefined ? '' : to - 1}`;
      try {
        return stored(key, await send(path(key), whole ? {} : { headers: { range } }));
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFound') return undefined;
        throw error;
      }
    },
    list: ({ prefix, limit } = {}) =>
      items(`/buckets/${encodeURIComponent(name)}`, { prefix, limit: limit === undefined ? undefined : String(limit) }),
    async delete(key) {
      await send(path(key), { method: 'DELETE' });
    },
  };
}

function stored(key: string, response: Response): StoredObject {
  const { headers } = response;
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
  const whole = Number(headers.get('content-length'));
  return {
    key,
    size: size === undefined ? whole : Number(size),
    etag: (headers.get('etag') ?? '').replace(/^"(.*)"$/, '$1'),
    contentType: headers.get('content-type') ?? '',
    updatedAt: new Date(headers.get('last-modified') ?? Number.NaN),
    range: { from: Number(from ?? 0), to: to === undefined ? whole : Number(to) + 1 },
    body: response.body ?? new Blob([]).stream(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
    text: () => response.text(),
  };
}
