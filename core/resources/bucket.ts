import { checkedNumber } from '../checked-number.ts';
import { invalidInput } from '../error.ts';
import { type Access, grant, type Resource } from './access.ts';
import { ownName } from './name.ts';

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** A strong validator, without quotes. It changes when the bytes change. */
  readonly etag: string;
  readonly contentType: string;
  readonly updatedAt: Date;
}

/** An object's bytes, read once, by whichever of the three ways suits. */
export interface StoredObject extends ObjectInfo {
  /** The bytes that `body` holds: those of the range where one was asked for. */
  readonly range: { readonly from: number; readonly to: number };
  readonly body: ReadableStream<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** Byte offsets: `from` is the first, `to` is one past the last; beyond the end means to the end. */
export interface GetOptions {
  readonly from?: number;
  readonly to?: number;
}

export type Body = string | Uint8Array | ReadableStream<Uint8Array>;

export interface PutOptions {
  /** @default 'application/octet-stream' */
  readonly contentType?: string;
  /** Put only where the object has this etag now. */
  readonly ifMatch?: string;
  /** Put only where there is no object. */
  readonly ifNoneMatch?: '*';
}

export interface ListOptions {
  /** @default '' */
  readonly prefix?: string;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 1000. @default 1000 */
  readonly limit?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface SignOptions {
  /** Seconds, 1 to 604,800 (7 days, the most that S3 signs for). @default 900 */
  readonly expires?: number;
}

export interface UploadOptions extends SignOptions {
  /** What the upload must be declared as. @default 'application/octet-stream' */
  readonly contentType?: string;
  /** How many bytes the upload must have, no more and no less. @default any number that the store takes */
  readonly bytes?: number;
}

/** A request that needs no key: send `method` to `url` with just these headers. */
export interface SignedUrl {
  /** Absolute, or a path on the host that serves the app: `new URL(url, request.url)` makes it absolute. */
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface BucketReader {
  /** `undefined` where there is no such object. */
  get(key: string, options?: GetOptions): Promise<StoredObject | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Keys in the order of their UTF-8 bytes. */
  list(options?: ListOptions): Promise<Page<ObjectInfo>>;
  /** A URL from which anybody who has it may get the object until it expires; `undefined` is never its answer, there or not. */
  downloadUrl(key: string, options?: SignOptions): Promise<SignedUrl>;
}

export interface BucketWriter {
  /**
   * Whole or not at all: a reader sees the old object or the new one.
   *
   * @throws `PreconditionFailed` where `ifMatch` or `ifNoneMatch` does not hold; nothing is changed then.
   */
  put(key: string, body: Body, options?: PutOptions): Promise<ObjectInfo>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** A URL to which anybody who has it may put this object, any number of times, until it expires. */
  uploadUrl(key: string, options?: UploadOptions): Promise<SignedUrl>;
}

/** The port that a room implements for one bucket. */
export interface BucketClient extends BucketReader, BucketWriter {}

/** What a room's buckets can do beyond the port's minimum; absent means unsupported. */
export interface BucketCapabilities {
  readonly conditionalPut?: true;
  /** Without it `downloadUrl` and `uploadUrl` are refused as `Unsupported`. */
  readonly signedUrls?: true;
  /** Without it an `uploadUrl` with `bytes` is refused as `Unsupported`. */
  readonly sizedUploads?: true;
}

export interface Bucket {
  readonly kind: 'bucket';
  readonly name: string;
  readonly read: Access<BucketReader>;
  readonly write: Access<BucketWriter>;
  readonly all: Access<BucketClient>;
}

const READING = ['get', 'head', 'list', 'downloadUrl'] as const;
const WRITING = ['put', 'delete', 'uploadUrl'] as const;

/** Declares a bucket. It exists once per room and name, whoever declares it; names that begin with `skein-` are the rooms' own. */
export function bucket(name: string): Bucket {
  const resource: Resource = Object.freeze({ kind: 'bucket', name: ownName('bucket', name) });
  return Object.freeze({
    kind: 'bucket' as const,
    name: resource.name,
    read: grant<BucketReader>(resource, 'read', READING),
    write: grant<BucketWriter>(resource, 'write', WRITING),
    all: grant<BucketClient>(resource, 'all', [...READING, ...WRITING]),
  });
}

/** The seconds that a signed URL is good for. @throws `InvalidInput` naming the field `expires`. */
export function checkedExpiry(expires = 900): number {
  return checkedNumber('expires', expires, 1, 604_800);
}

/** What an HTTP header carries as it is. */
const CONTENT_TYPE = /^[!-~](?:[ -~]{0,253}[!-~])?$/;

/** Checks the content type of an object. @throws `InvalidInput` naming the field `contentType`. */
export function checkedContentType(contentType = 'application/octet-stream'): string {
  if (typeof contentType === 'string' && CONTENT_TYPE.test(contentType)) return contentType;
  throw invalidInput(
    'contentType: must be 1 to 255 printable ASCII characters, the first and the last no spaces',
    'contentType',
  );
}

/** 1,024 bytes is what the strictest store takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/**
 * Checks an object key: 1 to 1,024 bytes of well-formed UTF-8, no control characters, and no segment that a file system, a
 * proxy or a URL parser would resolve (`.`, `..`, an empty one at the start).
 *
 * @throws `InvalidInput` naming the field `key`.
 */
export function checkedKey(key: string): string {
  const problem = keyProblem(key);
  if (problem !== undefined) throw invalidInput(`key: ${problem}`, 'key');
  return key;
}

function keyProblem(key: string): string | undefined {
  if (typeof key !== 'string' || key === '') return 'must be a non-empty string';
  if (!key.isWellFormed()) return 'must be well-formed Unicode';
  if (key.length > MAX_KEY_BYTES || new TextEncoder().encode(key).byteLength > MAX_KEY_BYTES)
    return `must be at most ${MAX_KEY_BYTES} bytes of UTF-8`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f]/.test(key)) return 'must not contain control characters';
  if (key.startsWith('/') || key.includes('\\')) return 'must not start with a slash or contain a backslash';
  if (key.split('/').some((segment) => segment === '.' || segment === '..'))
    return "must not contain the segments '.' or '..'";
  return undefined;
}
