import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Document, Fields, TableKey } from '../../core/resources/table.ts';
import type { CheckedQuery } from '../../core/resources/table-checks.ts';
import { openStore } from './group-commit.ts';

/** The documents of all tables. What has expired at `now` is not found; it is there until it is swept or replaced. */
export interface Rows {
  readonly db: DatabaseSync;
  find(table: string, key: TableKey, now: number): Document<Fields> | undefined;
  /** By the UTF-8 bytes of their ids; at most `limit`. */
  range(table: string, partition: string, query: CheckedQuery, now: number): Document<Fields>[];
  put(table: string, document: Document<Fields>): void;
  remove(table: string, key: TableKey): void;
  /** Deletes up to `limit` of those that have expired. @returns how many. */
  sweep(now: number, limit: number): number;
}

interface Row {
  readonly id: string;
  readonly value: string;
  readonly version: string;
  readonly expires: number | null;
}

// Texts are compared as SQLite's BINARY does it: by their UTF-8 bytes.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS document (
    owner TEXT NOT NULL, part TEXT NOT NULL, id TEXT NOT NULL,
    value TEXT NOT NULL, version TEXT NOT NULL, expires INTEGER,
    PRIMARY KEY (owner, part, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS document_by_expiry ON document (expires) WHERE expires IS NOT NULL`;
/** Ids have at most 255 bytes, so that none which begins with a prefix is as high as the prefix and this. */
const HIGHEST = '\u{10ffff}'.repeat(64);
/** Ids have no control characters, so that each id after one is at least as high as the one and this. */
const LOWEST = '\u0001';

/** Opens the file, and creates it where it is not there. Several threads and processes may have it open. */
export function openRows(file: string): Rows {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return rowsOf(openStore(file, { schema: SCHEMA, version: 1 }));
}

function rowsOf(db: DatabaseSync): Rows {
  const select = `SELECT id, value, version, expires FROM document
    WHERE owner = :owner AND part = :part AND (expires IS NULL OR expires > :now)`;
  const find = db.prepare(`${select} AND id = :id`);
  // One bound on each side, or SQLite would choose one of two and read the rest.
  const range = db.prepare(`${select} AND id >= max(:prefix, :next) AND id < :end ORDER BY id LIMIT :limit`);
  const put = db.prepare(
    `INSERT INTO document (owner, part, id, value, version, expires) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires`,
  );
  const remove = db.prepare('DELETE FROM document WHERE owner = ? AND part = ? AND id = ?');
  const expired = db.prepare('SELECT 1 FROM document WHERE expires <= ? LIMIT 1');
  const sweep = db.prepare(
    'DELETE FROM document WHERE rowid IN (SELECT rowid FROM document WHERE expires <= ? LIMIT ?)',
  );

  return {
    db,
    find(owner, { partition, id }, now) {
      const row = find.get({ owner, part: partition, id, now }) as unknown as Row | undefined;
      return row && toDocument(partition, row);
    },
    range(owner, partition, { prefix, after, limit }, now) {
      const next = after === undefined ? '' : after + LOWEST;
      const rows = range.all({ owner, part: partition, now, prefix, next, end: prefix + HIGHEST, limit });
      return (rows as unknown as Row[]).map((row) => toDocument(partition, row));
    },
    put(owner, { partition, id, value, version, expiresAt }) {
      put.run(owner, partition, id, JSON.stringify(value), version, expiresAt?.getTime() ?? null);
    },
    remove(owner, { partition, id }) {
      remove.run(owner, partition, id);
    },
    // Deleting takes the write lock even where there is nothing to delete.
    sweep: (now, limit) => (expired.get(now) === undefined ? 0 : Number(sweep.run(now, limit).changes)),
  };
}

function toDocument(partition: string, { id, value, version, expires }: Row): Document<Fields> {
  return {
    partition,
    id,
    value: JSON.parse(value),
    version,
    ...(expires !== null && { expiresAt: new Date(expires) }),
  };
}
