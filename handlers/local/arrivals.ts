import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Json } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import type { QueueClient } from '../../core/resources/queue.ts';
import type { ObjectTrigger } from '../../core/triggers/trigger.ts';

/** An object that was put, by whichever thread or process. */
interface Arrival {
  readonly n: number;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** The row of a put and its arrival are written by one transaction: none is lost, whoever puts and whenever it is killed. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS watched (bucket TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS arrival (
    n INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL
  ) STRICT;
  ${['INSERT', 'UPDATE']
    .map(
      (change) => `
  CREATE TRIGGER IF NOT EXISTS arrival_on_${change.toLowerCase()} AFTER ${change} ON object
  WHEN EXISTS (SELECT 1 FROM watched WHERE bucket = NEW.bucket)
  BEGIN INSERT INTO arrival (bucket, key, size, etag) VALUES (NEW.bucket, NEW.key, NEW.size, NEW.etag); END;`,
    )
    .join('')}
`;

/** Milliseconds between looks for what other connections put. */
const POLL = 50;
const PAGE = 100;

export interface ArrivalParts {
  /** The index of the buckets; it must have been opened before. */
  readonly file: string;
  readonly triggers: readonly ObjectTrigger[];
  queueOf(trigger: ObjectTrigger): QueueClient;
  readonly log: Log;
}

/**
 * Passes each object that is put on to the queues of the triggers that want it.
 *
 * @returns stops it; what was put and not passed on yet is passed on at the next start.
 */
export function startArrivals({ file, triggers, queueOf, log }: ArrivalParts): () => Promise<void> {
  const db = new DatabaseSync(file, { timeout: 30_000 });
  db.exec('PRAGMA synchronous = FULL');
  watch(db, new Set(triggers.map(({ bucket }) => bucket.name)));
  const look = db.prepare('SELECT n, bucket, key, size, etag FROM arrival ORDER BY n LIMIT ?');
  const forget = db.prepare('DELETE FROM arrival WHERE n <= ?');
  const queues = triggers.map((trigger) => ({ trigger, queue: queueOf(trigger) }));
  let working: Promise<void> | undefined;

  const pass = async (): Promise<void> => {
    for (;;) {
      const rows = look.all(PAGE) as unknown as (Omit<Arrival, 'key'> & { key: Uint8Array })[];
      const arrivals = rows.map((row) => ({ ...row, key: Buffer.from(row.key).toString() }));
      const last = arrivals.at(-1);
      if (last === undefined) return;
      for (const { trigger, queue } of queues) {
        const messages = arrivals.filter((one) => wants(trigger, one)).map((one) => toMessage(trigger, one));
        if (messages.length > 0) await queue.sendBatch(messages);
      }
      forget.run(last.n);
    }
  };
  const timer = setInterval(() => {
    working ??= pass()
      .catch((error: unknown) => log('objects cannot be passed on', { error: String(error) }))
      .finally(() => {
        working = undefined;
      });
  }, POLL);

  return async () => {
    clearInterval(timer);
    await working;
    db.close();
  };
}

/** Buckets that nobody watches any more gather no arrivals. */
function watch(db: DatabaseSync, buckets: ReadonlySet<string>): void {
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA} DELETE FROM watched;`);
  const insert = db.prepare('INSERT INTO watched (bucket) VALUES (?)');
  for (const bucket of buckets) insert.run(bucket);
  db.exec('COMMIT');
}

function wants({ bucket, prefix, suffix }: ObjectTrigger, arrival: Arrival): boolean {
  return arrival.bucket === bucket.name && arrival.key.startsWith(prefix) && arrival.key.endsWith(suffix);
}

function toMessage({ name }: ObjectTrigger, { n, bucket, key, size, etag }: Arrival): { message: Json; key: string } {
  // Numbers are never used again, so each put has a key of its own, whatever was put before.
  const put = hash('sha256', JSON.stringify([name, bucket, key, n]), 'hex').slice(0, 40);
  return { message: { key, size, etag }, key: put };
}
