import { Readable } from 'node:stream';
import type { BlobDownloadResponseParsed, BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import { backOff } from '../../../core/back-off.ts';
import { checkedNumber } from '../../../core/checked-number.ts';
import { Failure, invalidInput } from '../../../core/error.ts';
import {
  type BucketCapabilities,
  type BucketClient,
  checkedContentType,
  checkedKey,
  type ListOptions,
  type ObjectInfo,
  type PutOptions,
  type StoredObject,
} from '../../../core/resources/bucket.ts';
import { checkedRange, checkPut } from '../../../core/resources/bucket-checks.ts';
import { type Incoming, incoming, noBytes } from '../../../core/resources/incoming-body.ts';
import { signedUrls } from '../../../core/resources/signed-urls.ts';
import { answer, codeOf, statusOf } from './answer.ts';
import { toBlobName, toBlobPrefix, toKey } from './blob-name.ts';
import { signWith } from './bucket-sign.ts';
import { type Staged, staged } from './bucket-upload.ts';

/** What Blob Storage can do. */
export const capabilities: BucketCapabilities = { conditionalPut: true, signedUrls: true };

/** How often a conditional put meets other writers before it gives up. */
const ROUNDS = 8;
const UNKNOWN = 'application/octet-stream';

/**
 * A container of Blob Storage, whose objects are block blobs, with a flat namespace.
 *
 * The etag of an object is the MD5 of its bytes, which Azure keeps and lists: the same bytes have the same etag. Azure's own etag,
 * another one after each write, guards the writes, so that a put with `ifMatch` is two requests. An object that another program
 * stored without its MD5 has Azure's etag.
 *
 * @param name of the container.
 */
export function bucketOn(blobs: BlobServiceClient, name: string): BucketClient {
  const container = blobs.getContainerClient(name);
  const told = <T>(sent: Promise<T>): Promise<T> => answer('Blob Storage', sent);
  const at = (key: string): BlockBlobClient => container.getBlockBlobClient(toBlobName(checkedKey(key)));

  /** The object, and Azure's own etag of it. */
  async function looked(key: string) {
    const got = await unlessAbsent(told(at(key).getProperties()));
    return got && { info: infoOf(key, got, got.contentLength ?? 0), etag: got.etag };
  }

  /** Stores while the object has the etag `ifMatch`. */
  async function replace(key: string, body: Staged, ifMatch: string) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const now = await looked(key);
      if (now?.info.etag !== ifMatch || now.etag === undefined) throw refused(key, 'ifMatch', ifMatch);
      try {
        return await body.store({ ifMatch: now.etag });
      } catch (error) {
        if (statusOf(error) !== 412 && statusOf(error) !== 404) throw error;
        await backOff(round);
      }
    }
    throw new Failure({ name: 'Unavailable', message: `too many write to ${JSON.stringify(key)} at the same time` });
  }

  async function store(key: string, body: Staged, { ifMatch, ifNoneMatch }: PutOptions) {
    if (ifMatch !== undefined) return replace(key, body, ifMatch);
    if (ifNoneMatch === undefined) return body.store({});
    try {
      return await body.store({ ifNoneMatch });
    } catch (error) {
      if (codeOf(error) !== 'BlobAlreadyExists' && statusOf(error) !== 412) throw error;
      throw refused(key, 'ifNoneMatch', ifNoneMatch);
    }
  }

  return {
    get: async (key, range = {}) => {
      const { from, to } = checkedRange(range);
      const blob = at(key);
      for (;;) {
        if (to !== from) {
          const count = to === undefined ? undefined : to - from;
          const got = await bytesFrom(told(blob.download(from, count)));
          if (got !== 'beyond') return got && opened(key, blob, got, from, count);
        }
        // No request asks for no bytes.
        const info = (await looked(key))?.info;
        if (info === undefined) return undefined;
        if (to === from || info.size <= from) return noBytes(info, Math.min(from, info.size));
        // It was replaced by a longer one in between.
      }
    },
    head: async (key) => (await looked(key))?.info,
    list: async (asked = {}) => {
      const { prefix, limit, marker } = checkedList(asked);
      const first = marker === undefined && prefix.endsWith('.') && !prefix.startsWith('/');
      const itself = first ? (await looked(prefix))?.info : undefined;
      const items: ObjectInfo[] = itself === undefined ? [] : [itself];
      let next = marker ?? '';
      while (items.length < limit) {
        const pages = container
          .listBlobsFlat({ prefix: toBlobPrefix(prefix) })
          .byPage({ maxPageSize: limit - items.length, ...(next !== '' && { continuationToken: next }) });
        const { value } = await told(pages.next()).catch((error) => {
          throw marker !== undefined && statusOf(error) === 400 ? wrongCursor() : error;
        });
        for (const { name, properties } of value?.segment.blobItems ?? []) {
          const key = toKey(name);
          // A dot that ends a segment is spelt otherwise, and that spelling may begin as another key does.
          if (key.startsWith(prefix)) items.push(infoOf(key, properties, properties.contentLength ?? 0));
        }
        next = value?.continuationToken ?? '';
        if (next === '') return { items };
      }
      return { items, next: toCursor(next) };
    },
    put: async (key, body, put = {}) => {
      const blob = at(key);
      checkPut(body, put, true);
      const contentType = checkedContentType(put.contentType);
      const parts = await staged(blob, contentType, body);
      const { etag, lastModified } = await store(key, parts, put);
      return infoOf(key, { contentType, contentMD5: parts.md5, etag, lastModified }, parts.size);
    },
    delete: async (key) => void (await told(at(key).deleteIfExists())),
    ...signedUrls(name, signWith(blobs, name)),
  };
}

interface Told {
  readonly etag?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentMD5?: Uint8Array | undefined;
  readonly lastModified?: Date | undefined;
}

function infoOf(key: string, told: Told, size: number): ObjectInfo {
  const { etag = '', contentType = UNKNOWN, contentMD5, lastModified = new Date(0) } = told;
  return {
    key,
    size,
    etag: contentMD5 === undefined ? etag.replaceAll('"', '') : Buffer.from(contentMD5).toString('hex'),
    contentType,
    updatedAt: lastModified,
  };
}

function opened(
  key: string,
  blob: BlockBlobClient,
  got: BlobDownloadResponseParsed,
  offset: number,
  count: number | undefined,
): Promise<StoredObject> {
  const [, from = 0, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(got.contentRange ?? '') ?? [];
  const size = Number(total ?? got.contentLength ?? 0);
  const range = { from: Number(from), to: last === undefined ? size : Number(last) + 1 };
  const { etag, contentType, lastModified, blobContentMD5 } = got;
  // Of a part, the other field has the MD5 of the part.
  const contentMD5 = last === undefined ? (blobContentMD5 ?? got.contentMD5) : blobContentMD5;
  const again = async (): Promise<Incoming | undefined> => {
    const conditions = { ...(etag !== undefined && { ifMatch: etag }) };
    const fresh = await bytesFrom(answer('Blob Storage', blob.download(offset, count, { conditions })));
    return fresh === 'beyond' || fresh === undefined ? undefined : incomingFrom(fresh);
  };
  const info = infoOf(key, { etag, contentType, lastModified, contentMD5 }, size);
  return incoming(info, range, incomingFrom(got), again);
}

/** The SDK goes on with a connection that broke where it broke, and only with the same version. */
function incomingFrom({ readableStreamBody }: BlobDownloadResponseParsed): Incoming {
  const body = readableStreamBody as Readable;
  return {
    transformToByteArray: async () => Buffer.concat(await body.toArray()),
    transformToWebStream: () => Readable.toWeb(body) as ReadableStream,
    destroy: () => body.destroy(),
    on: (event, listener) => body.on(event, listener),
  };
}

/** `undefined` where there is no such object, or, for a get with its etag, no such version. */
async function unlessAbsent<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    const absent = statusOf(error) === 404 && codeOf(error) !== 'ContainerNotFound';
    if (absent || statusOf(error) === 412) return undefined;
    throw error;
  }
}

/** The same; `beyond` where the object ends before the first byte. */
async function bytesFrom<T>(sent: Promise<T>): Promise<T | 'beyond' | undefined> {
  try {
    return await unlessAbsent(sent);
  } catch (error) {
    if (statusOf(error) === 416) return 'beyond';
    throw error;
  }
}

function refused(key: string, condition: string, held: string): Failure {
  const message = `${JSON.stringify(key)}: ${condition} is ${held}, and it does not hold`;
  return new Failure({ name: 'PreconditionFailed', message });
}

interface CheckedList {
  readonly prefix: string;
  readonly limit: number;
  /** Where Azure goes on; empty: at the beginning. */
  readonly marker: string | undefined;
}

/** @throws `InvalidInput` naming the field. */
function checkedList({ prefix = '', cursor, limit = 1000 }: ListOptions): CheckedList {
  if (typeof prefix !== 'string' || !prefix.isWellFormed())
    throw invalidInput('prefix: must be a string of well-formed Unicode', 'prefix');
  checkedNumber('limit', limit, 1, 1000);
  return { prefix, limit, marker: cursor === undefined ? undefined : fromCursor(cursor) };
}

function toCursor(marker: string): string {
  return Buffer.from(`/${marker}`).toString('base64url');
}

function fromCursor(cursor: string): string {
  if (typeof cursor === 'string') {
    const text = Buffer.from(cursor, 'base64url').toString();
    if (text.startsWith('/') && toCursor(text.slice(1)) === cursor) return text.slice(1);
  }
  throw wrongCursor();
}

function wrongCursor(): Failure {
  return invalidInput('cursor: must be the `next` of a page', 'cursor');
}
