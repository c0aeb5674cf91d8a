import { setImmediate as turn } from 'node:timers/promises';
import { checkedName } from '../../core/resources/name.ts';
import type {
  Document,
  Fields,
  TableCapabilities,
  TableClient,
  TableKey,
  TableWrite,
} from '../../core/resources/table.ts';
import {
  atIndex,
  checkedPart,
  checkedQuery,
  checkedTableKey,
  checkedWrite,
  checkedWrites,
  toPage,
} from '../../core/resources/table-checks.ts';
import { written } from '../../core/resources/table-write.ts';
import { type Change, tableWriters } from '../../core/resources/table-writers.ts';
import { type Faults, noFaults } from './fault.ts';
import { type GroupCommit, groupCommit } from './group-commit.ts';
import { openRows, type Rows } from './table-rows.ts';

export const capabilities: TableCapabilities = {};

export interface TablesOptions {
  /** An SQLite file, created where it is not there. Several threads and processes may have it open. */
  readonly file: string;
  /** Each write, and each transaction, is one operation of the target `table`. */
  readonly fault?: Faults;
  /** Milliseconds since 1970: what expires when. @default Date.now */
  readonly now?: () => number;
}

export interface Tables {
  /** @throws `TypeError` where it cannot be a name. */
  table(name: string): TableClient;
  /** Deletes what has expired, a little at a time; the tables do so once a minute too. @returns how many. */
  sweep(): Promise<number>;
  close(): void;
}

const SWEEP_MS = 60_000;
const SWEEP_ROWS = 500;

/** Opens the tables of this machine: one file, in which a write is on disk before it is answered. */
export function openTables({ file, fault = noFaults, now = Date.now }: TablesOptions): Tables {
  const rows = openRows(file);
  const commits = groupCommit(rows.db, 'table', fault);

  const sweep = async (): Promise<number> => {
    for (let swept = 0; ; await turn()) {
      if (!rows.db.isOpen) return swept;
      const some = rows.sweep(now(), SWEEP_ROWS);
      swept += some;
      if (some < SWEEP_ROWS) return swept;
    }
  };
  // What one sweep cannot delete, because the disk fails or another process writes for long, is left to the next.
  const timer = setInterval(() => void sweep().catch(() => {}), SWEEP_MS);
  timer.unref();

  return {
    table: (name) => clientOf(checkedName('table', name), rows, commits, now),
    sweep,
    close() {
      clearInterval(timer);
      commits.close();
      rows.db.close();
    },
  };
}

/** Reading takes a turn of the event loop: a caller who polls would let nobody else run. */
function clientOf(table: string, rows: Rows, commits: GroupCommit, now: () => number): TableClient {
  /** Checks a write; the returned function performs it, and can fail only where the disk does. */
  function prepare(partition: string, write: TableWrite<Fields>, at: number): () => Document<Fields> | undefined {
    const key = { partition, id: write.id };
    const current = rows.find(table, key, at);
    const next = written(current, key, write);
    return () => {
      if (next === undefined) rows.remove(table, key);
      else if (next !== current) rows.put(table, next);
      return next;
    };
  }

  async function perform(key: TableKey, change: Change): Promise<Document<Fields> | undefined> {
    const { partition, id } = checkedTableKey(key);
    const write = checkedWrite({ ...change, id } as TableWrite<Fields>);
    return commits.write(() => prepare(partition, write, now())());
  }

  return {
    get: async (key) => {
      const checked = checkedTableKey(key);
      await turn();
      return rows.find(table, checked, now());
    },
    query: async (partition, options = {}) => {
      checkedPart('partition', partition);
      const query = checkedQuery(options);
      await turn();
      return toPage(rows.range(table, partition, { ...query, limit: query.limit + 1 }, now()), query.limit);
    },
    ...tableWriters(perform),
    transact: async (partition, writes) => {
      checkedPart('partition', partition);
      const checked = checkedWrites(writes);
      await commits.write(() => {
        const at = now();
        const prepared = checked.map((write, index) => {
          try {
            return prepare(partition, write, at);
          } catch (error) {
            throw atIndex(index, error);
          }
        });
        for (const apply of prepared) apply();
      });
    },
  };
}
