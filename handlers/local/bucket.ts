import { existsSync, mkdirSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { invalidInput } from '../../core/error.ts';
import {
  type Body,
  type BucketCapabilities,
  type BucketClient,
  checkedContentType,
  checkedKey,
  type GetOptions,
  type ListOptions,
  type ObjectInfo,
  type PutOptions,
  type StoredObject,
} from '../../core/resources/bucket.ts';
import { checkedRange, checkPut } from '../../core/resources/bucket-checks.ts';
import { checkedName } from '../../core/resources/name.ts';
import { type SignRight, signedUrls } from '../../core/resources/signed-urls.ts';
import { openBody } from './bucket-body.ts';
import { type Files, openFiles, type Written } from './bucket-files.ts';
import { type Entry, type Index, openIndex } from './bucket-index.ts';
import { diskFailure } from './disk-failure.ts';
import { type Action, die, type Faults, ioError, noFaults } from './fault.ts';

/** Signed URLs need `sign`. */
export const capabilities: BucketCapabilities = { conditionalPut: true, signedUrls: true, sizedUploads: true };

export interface BucketsOptions {
  /** Created where it is not there. Holds `index.db` and `objects/`. Several threads and processes may have it open. */
  readonly folder: string;
  /** Each put and each delete is one operation of the target `bucket`. */
  readonly fault?: Faults;
  /**
   * Delete the files that a crash left behind. For the one that owns the folder: a put that is under way elsewhere fails then.
   *
   * @default false
   */
  readonly sweep?: boolean;
  /** What `downloadUrl` and `uploadUrl` ask. @default they are `Unsupported` */
  readonly sign?: SignRight;
}

export interface Buckets {
  /** @throws `TypeError` where it cannot be a name. */
  bucket(name: string): BucketClient;
  close(): void;
}

/** Opens the buckets of this machine: bytes in files under random names, and an index that says which object they are. */
export function openBuckets({ folder, fault = noFaults, sweep = false, sign }: BucketsOptions): Buckets {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = openFiles(join(folder, 'objects'));
  const index = openIndex(join(folder, 'index.db'));
  if (sweep) sweepOrphans(files, index);
  return {
    bucket: (name) => ({
      ...clientOf(checkedName('bucket', name), files, index, fault),
      ...signedUrls(name, sign, { sized: true }),
    }),
    close: () => index.close(),
  };
}

/** Looking up and reading little takes no turn of the event loop by itself: a caller who polls would let nobody else run. */
function clientOf(
  name: string,
  files: Files,
  index: Index,
  faults: Faults,
): Omit<BucketClient, 'downloadUrl' | 'uploadUrl'> {
  async function commit(key: string, written: Written, options: PutOptions): Promise<ObjectInfo> {
    const contentType = checkedContentType(options.contentType);
    const entry = { key, ...written, contentType, updatedAt: new Date() };
    const replaced = index.commit(name, entry, options, () => requireFile(files, written));
    if (replaced !== undefined) await files.remove(replaced);
    return toInfo(entry);
  }

  return {
    get: async (key, options = {}) => {
      checkedKey(key);
      checkedRange(options);
      await turn();
      return open(files, () => index.find(name, key), options);
    },
    head: async (key) => {
      checkedKey(key);
      await turn();
      const entry = index.find(name, key);
      return entry && toInfo(entry);
    },
    list: async (options = {}) => {
      const { from, to, limit } = span(options);
      await turn();
      const entries = index.range(name, from, to, limit + 1);
      const items = entries.slice(0, limit).map(toInfo);
      const last = items.at(-1);
      return entries.length <= limit || last === undefined ? { items } : { items, next: toCursor(last.key) };
    },
    put: writing(async (key: string, body: Body, options: PutOptions = {}) => {
      checkPut(body, options, true);
      const action = faults.next('bucket');
      const written = await files.write(body);
      try {
        strike(action, () => truncateSync(files.path(written.file), written.size >> 1));
        const again = action === 'duplicate' ? await files.copy(written) : undefined;
        const info = await commit(key, written, options);
        if (again) await commit(key, again, options).catch(() => files.remove(again.file));
        return info;
      } catch (error) {
        await files.remove(written.file);
        throw error;
      }
    }),
    delete: writing(async (key: string) => {
      const action = faults.next('bucket');
      // A delete has no bytes to tear: it is torn between the index and the file.
      strike(action, () => index.remove(name, key));
      const removed = index.remove(name, key);
      if (action === 'duplicate') index.remove(name, key);
      if (removed !== undefined) await files.remove(removed);
    }),
  };
}

/** A change of an object; `Unavailable` where the disk does not take it. */
function writing<A extends [key: string, ...rest: unknown[]], T>(change: (...args: A) => Promise<T>) {
  return async (...args: A): Promise<T> => {
    checkedKey(args[0]);
    try {
      return await change(...args);
    } catch (error) {
      throw diskFailure(error);
    }
  };
}

/** @returns once the operation may go on. */
function strike(action: Action | undefined, half: () => void): void {
  if (action === 'torn') half();
  if (action === 'torn' || action === 'kill') die();
  if (action === 'EIO' || action === 'ENOSPC') throw ioError(action);
}

/** Someone may replace the object between the look-up and the opening; then the look-up is repeated. */
function open(files: Files, find: () => Entry | undefined, { from = 0, to }: GetOptions): StoredObject | undefined {
  for (let missing: string | undefined; ; ) {
    const entry = find();
    if (entry === undefined) return undefined;
    const start = Math.min(from, entry.size);
    const range = { from: start, to: Math.min(to ?? entry.size, entry.size) };
    try {
      return openBody(toInfo(entry), files.path(entry.file), range);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (entry.file === missing)
        throw new Error(`the file of ${JSON.stringify(entry.key)} is missing`, { cause: error });
      missing = entry.file;
    }
  }
}

function sweepOrphans(files: Files, index: Index): void {
  const orphans = files.list().filter((file) => !index.names(file));
  if (orphans.length === 0) return;
  // Only under the write lock is it certain that nobody is about to name one of them.
  index.alone(() => {
    for (const file of orphans) if (!index.names(file)) unlinkSync(files.path(file));
  });
}

/** A sweep elsewhere may have taken the file of a put that was still under way. */
function requireFile(files: Files, { file }: Written): void {
  if (!existsSync(files.path(file))) throw new Error('the folder was swept during this put; nothing was changed');
}

function toInfo({ key, size, etag, contentType, updatedAt }: Entry): ObjectInfo {
  return { key, size, etag, contentType, updatedAt };
}

/** The keys that a page may show, as a range of bytes. */
function span({ prefix = '', cursor, limit = 1000 }: ListOptions): { from: Buffer; to: Buffer; limit: number } {
  if (typeof prefix !== 'string' || !prefix.isWellFormed())
    throw invalidInput('prefix: must be a string of well-formed Unicode', 'prefix');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw invalidInput(`limit: must be an integer from 1 to 1000, not ${String(limit)}`, 'limit');
  const first = Buffer.from(prefix);
  const next = cursor === undefined ? first : Buffer.concat([fromCursor(cursor), Buffer.of(0)]);
  return { from: Buffer.compare(first, next) < 0 ? next : first, to: after(first), limit };
}

/** The first bytes that follow all those which begin with `prefix`. No UTF-8 has the byte 0xff. */
function after(prefix: Buffer): Buffer {
  if (prefix.length === 0) return Buffer.of(0xff);
  const end = Buffer.from(prefix);
  end[end.length - 1] = end[end.length - 1]! + 1;
  return end;
}

function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function fromCursor(cursor: string): Buffer {
  try {
    const key = Buffer.from(cursor, 'base64url');
    if (toCursor(checkedKey(key.toString())) === cursor) return key;
  } catch {}
  throw invalidInput('cursor: must be the `next` of a page', 'cursor');
}
