import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/error.ts';
import type { ObjectInfo, PutOptions } from '../../core/resources/bucket.ts';

/** An object as the index knows it; `file` names its bytes. */
export interface Entry extends ObjectInfo {
  readonly file: string;
}

export interface Index {
  find(bucket: string, key: string): Entry | undefined;
  /** Entries whose keys are in `[from, to)`, by the order of their bytes. */
  range(bucket: string, from: Uint8Array, to: Uint8Array, limit: number): Entry[];
  /**
   * Puts `entry` in place where the condition holds.
   *
   * @returns the file that it replaces, for the caller to delete.
   * @throws `PreconditionFailed`; nothing is changed then.
   */
  commit(bucket: string, entry: Entry, condition: PutOptions, intact: () => void): string | undefined;
  /** @returns the file that the entry named, for the caller to delete. */
  remove(bucket: string, key: string): string | undefined;
  /** Whether an object's bytes are in `file`. */
  names(file: string): boolean;
  /** Runs `work` while no thread or process can commit; undone where it throws. */
  alone<T>(work: () => T): T;
  close(): void;
}

interface Row {
  readonly key: Uint8Array;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly type: string;
  readonly updated: number;
}

const VERSION = 1;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS object (
    bucket TEXT NOT NULL,
    key BLOB NOT NULL,
    file TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    type TEXT NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${VERSION}`;
const COLUMNS = 'key, file, size, etag, type, updated';
const BUSY_MS = 30_000;

/** Opens the index of objects. Several threads and processes may have it open. */
export function openIndex(path: string): Index {
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    alone(db, () => migrate(db, path));
    return indexOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function indexOf(db: DatabaseSync): Index {
  const find = db.prepare(`SELECT ${COLUMNS} FROM object WHERE bucket = ? AND key = ?`);
  const range = db.prepare(
    `SELECT ${COLUMNS} FROM object WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
  );
  const put = db.prepare(
    `INSERT INTO object (bucket, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (bucket, key) DO UPDATE SET (${COLUMNS}) = (${COLUMNS.replaceAll(/\w+/g, 'excluded.$&')})`,
  );
  const remove = db.prepare('DELETE FROM object WHERE bucket = ? AND key = ? RETURNING file');
  const names = db.prepare('SELECT 1 FROM object WHERE file = ?');

  const entryOf = (bucket: string, key: string) => {
    const row = find.get(bucket, Buffer.from(key)) as unknown as Row | undefined;
    return row && toEntry(row);
  };
  return {
    find: entryOf,
    range: (bucket, from, to, limit) => (range.all(bucket, from, to, limit) as unknown as Row[]).map(toEntry),
    commit: (bucket, entry, condition, intact) =>
      alone(db, () => {
        const current = entryOf(bucket, entry.key);
        requireCondition(entry.key, condition, current);
        intact();
        const { file, size, etag, contentType, updatedAt } = entry;
        put.run(bucket, Buffer.from(entry.key), file, size, etag, contentType, updatedAt.getTime());
        return current?.file;
      }),
    remove: (bucket, key) => (remove.all(bucket, Buffer.from(key))[0] as { file: string } | undefined)?.file,
    names: (file) => names.get(file) !== undefined,
    alone: (work) => alone(db, work),
    close: () => db.close(),
  };
}

/** Takes the write lock first: a transaction that began by reading could not be sure of it later. */
function alone<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > VERSION) throw new Error(`${path} has format ${found}; this version reads up to ${VERSION}`);
  if (found < VERSION) db.exec(SCHEMA);
}

function requireCondition(key: string, { ifMatch, ifNoneMatch }: PutOptions, current: Entry | undefined): void {
  const now = current === undefined ? 'there is no such object' : `its etag is ${current.etag}`;
  if (ifNoneMatch !== undefined && current !== undefined) throw preconditionFailed(key, `ifNoneMatch is '*', ${now}`);
  if (ifMatch !== undefined && ifMatch !== current?.etag)
    throw preconditionFailed(key, `ifMatch is ${JSON.stringify(ifMatch)}, ${now}`);
}

function preconditionFailed(key: string, why: string): Failure {
  return new Failure({ name: 'PreconditionFailed', message: `put ${JSON.stringify(key)}: ${why}` });
}

function toEntry({ key, file, size, etag, type, updated }: Row): Entry {
  return { key: Buffer.from(key).toString(), file, size, etag, contentType: type, updatedAt: new Date(updated) };
}
