import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/error.ts';
import type { WorkflowIR } from '../../core/workflow/ir.ts';
import type { Status } from '../../core/workflow/runs.ts';
import { die, type Faults, ioError } from './fault.ts';

/** What happened in a run, oldest first; `recording.ts` says what each kind's body holds. */
export type EntryKind = 'trace' | 'start' | 'done' | 'timer' | 'event' | 'took' | 'fan' | 'end';
export interface Entry {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly key: string;
  /** JSON. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RunRow {
  readonly n: number;
  readonly id: string;
  readonly workflow: string;
  readonly definition: string;
  readonly input: string;
  readonly status: Status;
  /** JSON of the output or the error; null while running. */
  readonly outcome: string | null;
  readonly done: number;
  readonly total: number;
  readonly started: number;
  readonly updated: number;
  readonly sum: Uint8Array;
}

export interface NewRun {
  readonly id: string;
  readonly workflow: string;
  readonly ir: WorkflowIR;
  readonly input: string;
  readonly at: number;
  /** The traceparent that all processes that drive the run go on from. */
  readonly trace?: string | undefined;
}

/** How a run ends: written in one transaction with its last entry. */
export interface Ending {
  readonly status: Exclude<Status, 'running'>;
  readonly outcome: string;
  readonly done: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS definition (hash TEXT PRIMARY KEY, ir TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS run (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, definition TEXT NOT NULL, input TEXT NOT NULL,
    status TEXT NOT NULL, outcome TEXT, done INTEGER NOT NULL, total INTEGER NOT NULL,
    started INTEGER NOT NULL, updated INTEGER NOT NULL, sum BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS run_by_status ON run (status, n);
  CREATE INDEX IF NOT EXISTS run_by_workflow ON run (workflow, n);
  CREATE TABLE IF NOT EXISTS entry (
    run INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    at INTEGER NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;
`;
const VERSION = 1;

interface Write {
  /** The run that needs no place in memory after this. */
  readonly ends: number | undefined;
  apply(chain: Chain): void;
  resolve(): void;
  reject(error: Failure): void;
}
interface Link {
  readonly seq: number;
  readonly sum: Uint8Array;
}
type Chain = Map<number, Link>;

export type Journal = ReturnType<typeof openJournal>;

/**
 * The durable record of runs: append-only entries in SQLite, each with a checksum that includes the one before it.
 *
 * Writes of one turn of the event loop, of whatever runs, share one transaction and one fsync; each promise resolves when its
 * own write is on disk. Where the disk fails, all writes of the transaction are refused with `Unavailable` and none happened.
 */
export function openJournal(file: string, faults: Faults) {
  const db = new DatabaseSync(file);
  // FULL: a commit is on disk before anyone is told. https://sqlite.org/pragma.html#pragma_synchronous
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (found > VERSION)
    throw new Error(`${file} was written by a newer skein (format ${found}, this one knows ${VERSION})`);
  db.exec(`${SCHEMA} PRAGMA user_version = ${VERSION};`);

  const insertDefinition = db.prepare('INSERT OR IGNORE INTO definition (hash, ir) VALUES (?, ?)');
  const insertRun = db.prepare(
    `INSERT INTO run (id, workflow, definition, input, status, done, total, started, updated, sum)
     VALUES (?, ?, ?, ?, 'running', 0, 0, ?, ?, ?) RETURNING *`,
  );
  const insertEntry = db.prepare('INSERT INTO entry (run, seq, kind, key, body, at, sum) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const endRun = db.prepare('UPDATE run SET status = ?, outcome = ?, done = ?, total = ?, updated = ? WHERE n = ?');
  const runById = db.prepare('SELECT * FROM run WHERE id = ?');
  const entriesOf = db.prepare('SELECT seq, kind, key, body, at, sum FROM entry WHERE run = ? ORDER BY seq');
  const lastEntry = db.prepare('SELECT seq, sum FROM entry WHERE run = ? ORDER BY seq DESC LIMIT 1');
  const runSum = db.prepare('SELECT sum FROM run WHERE n = ?');
  const definitionBy = db.prepare('SELECT ir FROM definition WHERE hash = ?');
  const unfinished = db.prepare("SELECT * FROM run WHERE status = 'running' ORDER BY n");

  /** The last entry of each run that is being written; read from the file where it is not here. */
  const chain: Chain = new Map();
  let queue: Write[] = [];
  let scheduled = false;
  let closed = false;

  const write = (apply: Write['apply'], ends?: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (closed) reject(unavailable('the journal is closed'));
    else {
      queue.push({ apply, ends, resolve, reject });
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    }
    return promise;
  };

  const flush = (): void => {
    scheduled = false;
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    const links: Chain = new Map();
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const one of batch) applyOne(one, links);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      const failure = unavailable(error instanceof Error ? error.message : String(error));
      for (const one of batch) one.reject(failure);
      return;
    }
    for (const [run, link] of links) chain.set(run, link);
    for (const one of batch) if (one.ends !== undefined) chain.delete(one.ends);
    for (const one of batch) one.resolve();
  };

  const applyOne = (one: Write, links: Chain): void => {
    const action = faults.next('journal');
    if (action === 'kill') die();
    if (action === 'EIO' || action === 'ENOSPC') throw ioError(action);
    one.apply(links);
    if (action === 'torn') die();
    if (action === 'duplicate') one.apply(links);
  };

  const tailOf = (n: number): Link => (lastEntry.get(n) ?? { seq: 0, sum: runSum.get(n)?.sum }) as unknown as Link;

  const put = (n: number, { kind, key, body, at }: Omit<Entry, 'seq'>, links: Chain): void => {
    const last = links.get(n) ?? chain.get(n) ?? tailOf(n);
    const seq = last.seq + 1;
    const sum = nextSum(last.sum, { seq, kind, key, body, at });
    insertEntry.run(n, seq, kind, key, body, at, sum);
    links.set(n, { seq, sum });
  };

  return {
    /** Resolves with the run's row once it is on disk. */
    async insert({ id, workflow, ir, input, at, trace }: NewRun): Promise<RunRow> {
      const { text, hash: definition } = definitionOf(ir);
      const sum = firstSum(id, workflow, definition, input);
      let row = undefined as RunRow | undefined;
      await write((links) => {
        // Written twice (a test's fault) it is still one run.
        if (row !== undefined) return;
        insertDefinition.run(definition, text);
        row = insertRun.get(id, workflow, definition, input, at, at, sum) as unknown as RunRow;
        links.set(row.n, { seq: 0, sum });
        if (trace !== undefined) put(row.n, { kind: 'trace', key: '', body: JSON.stringify({ trace }), at }, links);
      });
      return row as RunRow;
    },

    /** Resolves once the entry is on disk, and with it the run's ending, where it is the last one. */
    append(n: number, entry: Omit<Entry, 'seq'>, ending?: Ending): Promise<void> {
      return write((links) => {
        put(n, entry, links);
        if (ending) endRun.run(ending.status, ending.outcome, ending.done, ending.done, entry.at, n);
      }, ending && n);
    },

    /**
     * The definition and the entries of a run, each checksum verified.
     *
     * @throws `JournalCorrupt`
     */
    load(row: RunRow): { readonly ir: string; readonly entries: readonly Entry[] } {
      const { ir } = (definitionBy.get(row.definition) as { ir: string } | undefined) ?? { ir: '' };
      if (digest(ir) !== row.definition) throw corrupt(row.id, 'its definition');
      const start = firstSum(row.id, row.workflow, row.definition, row.input);
      if (!equal(start, row.sum)) throw corrupt(row.id, 'its first record');
      let last: Link = { seq: 0, sum: start };
      const entries = (entriesOf.all(row.n) as unknown as (Entry & { sum: Uint8Array })[]).map((entry) => {
        const sum = nextSum(last.sum, entry);
        if (entry.seq !== last.seq + 1 || !equal(sum, entry.sum)) throw corrupt(row.id, `its entry ${last.seq + 1}`);
        last = { seq: entry.seq, sum };
        return entry;
      });
      return { ir, entries };
    },

    /** Marks a run that cannot be read as failed, leaving its entries as they are. */
    async condemn(n: number, outcome: string, at: number): Promise<void> {
      await write(() => {
        db.prepare("UPDATE run SET status = 'failed', outcome = ?, updated = ? WHERE n = ?").run(outcome, at, n);
      });
    },

    find: (id: string): RunRow | undefined => runById.get(id) as RunRow | undefined,
    unfinished: (): readonly RunRow[] => unfinished.all() as unknown as RunRow[],

    /** Newest first, from below the number `before`. */
    list(filter: { before?: number; status?: Status; workflow?: string; limit: number }): readonly RunRow[] {
      const where: string[] = [];
      const values: (string | number)[] = [];
      const add = (clause: string, value: string | number | undefined): void => {
        if (value === undefined) return;
        where.push(clause);
        values.push(value);
      };
      add('n < ?', filter.before);
      add('status = ?', filter.status);
      add('workflow = ?', filter.workflow);
      const clause = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
      const rows = db.prepare(`SELECT * FROM run ${clause} ORDER BY n DESC LIMIT ?`).all(...values, filter.limit);
      return rows as unknown as RunRow[];
    },

    /** Writes what waits, then closes the file. */
    close(): void {
      if (closed) return;
      flush();
      closed = true;
      db.close();
    },
  };
}

interface Definition {
  /** JSON of the IR. */
  readonly text: string;
  readonly hash: string;
}
const definitions = new WeakMap<WorkflowIR, Definition>();

/** Made once a workflow: an IR never changes, and a large one takes long to write and to hash. */
function definitionOf(ir: WorkflowIR): Definition {
  const known = definitions.get(ir);
  if (known !== undefined) return known;
  const text = JSON.stringify(ir);
  const made = { text, hash: digest(text) };
  definitions.set(ir, made);
  return made;
}

function digest(text: string): string {
  return hash('sha256', text, 'hex');
}

function firstSum(...parts: readonly string[]): Uint8Array {
  return hash('sha256', JSON.stringify(parts), 'buffer');
}

function nextSum(before: Uint8Array, entry: Entry): Uint8Array {
  const { seq, kind, key, body, at } = entry;
  return hash(
    'sha256',
    `${Buffer.from(before).toString('latin1')}${JSON.stringify([seq, kind, key, body, at])}`,
    'buffer',
  );
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function unavailable(message: string): Failure {
  return new Failure({ name: 'Unavailable', message: `the journal cannot be written: ${message}` });
}

function corrupt(id: string, what: string): Failure {
  return new Failure({ name: 'JournalCorrupt', message: `run ${id}: the checksum of ${what} does not match` });
}
