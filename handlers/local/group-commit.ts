import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/error.ts';
import { unavailable } from './disk-failure.ts';
import { die, type Faults, ioError, type Target } from './fault.ts';

export interface GroupCommit {
  /**
   * Applies a change in the next transaction; resolves with what it returned once that is on disk.
   *
   * A change that cannot be made throws a Failure before it changes anything; it alone is refused then. Where the disk fails, every
   * change of the transaction is refused with `Unavailable`, and none happened.
   */
  write<T>(apply: () => T): Promise<T>;
  /** Commits what waits; writes are refused from then on. */
  close(): void;
}

interface Write {
  apply(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface StoreFormat {
  /** Makes whatever is not there yet. */
  readonly schema: string;
  /** Goes up when a program of today could not read the file of tomorrow. */
  readonly version: number;
}

const BUSY_MS = 30_000;

/**
 * Opens a store that is on disk when it says so. Several threads and processes may have it open.
 *
 * @throws where the file has a newer format.
 */
export function openStore(file: string, { schema, version }: StoreFormat): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    // FULL: a commit is on disk before anyone is told. https://sqlite.org/pragma.html#pragma_synchronous
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE;');
    const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (found > version) throw new Error(`${file} has format ${found}; this version reads up to ${version}`);
    db.exec(`${schema}; PRAGMA user_version = ${version}; COMMIT;`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Changes of one turn of the event loop share one transaction and one fsync. */
export function groupCommit(db: DatabaseSync, target: Target, faults: Faults): GroupCommit {
  let queue: Write[] = [];
  let closed = false;

  const flush = (): void => {
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    const settle: (() => void)[] = [];
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const one of batch) settle.push(applied(one));
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      const failure = unavailable(error instanceof Error ? error.message : String(error));
      for (const one of batch) one.reject(failure);
      return;
    }
    for (const done of settle) done();
  };

  const applied = (one: Write): (() => void) => {
    const action = faults.next(target);
    if (action === 'kill') die();
    if (action === 'EIO' || action === 'ENOSPC') throw ioError(action);
    try {
      const value = one.apply();
      if (action === 'torn') die();
      if (action === 'duplicate') again(one);
      return () => one.resolve(value);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return () => one.reject(error);
    }
  };

  return {
    write<T>(apply: () => T): Promise<T> {
      if (closed) return Promise.reject(unavailable(`the ${target} store is closed`));
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      if (queue.push({ apply, resolve: resolve as (value: unknown) => void, reject }) === 1) setImmediate(flush);
      return promise;
    },
    close() {
      flush();
      closed = true;
    },
  };
}

/** The second time a change may be refused, as a duplicate would be. */
function again(one: Write): void {
  try {
    one.apply();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
