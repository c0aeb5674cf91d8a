import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type ErrorValue, toErrorValue } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { DeadLetter, Depth, Outgoing, Received, Sent } from '../../core/resources/queue.ts';
import type { StoreFormat } from './group-commit.ts';

/** The body is last: a row's other columns are read without it. `due` is when a message can be received. Milliseconds. */
export const QUEUE_FORMAT: StoreFormat = {
  version: 1,
  schema: `
    CREATE TABLE IF NOT EXISTS message (
      n INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, sent INTEGER NOT NULL,
      due INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, receipt TEXT, dead INTEGER NOT NULL DEFAULT 0,
      error TEXT, trace TEXT, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS message_by_due ON message (queue, dead, due);
    CREATE INDEX IF NOT EXISTS message_by_attempt ON message (queue, attempt, due) WHERE dead = 0 AND attempt > 0`,
};

/** A queue, and the time at which it is looked at. */
export interface Moment {
  readonly queue: string;
  readonly attempts: number;
  readonly now: number;
}

interface Row {
  readonly n: number;
  readonly id: string;
  readonly key: string;
  readonly sent: number;
  readonly attempt: number;
  readonly error: string | null;
  readonly trace: string | null;
  readonly body: string;
}

/** What is done to a file of queues. Whatever changes it must be called in a transaction that took the write lock first. */
export function queueStore(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO message (queue, id, key, sent, due, trace, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const exhaust = db.prepare(
    `UPDATE message SET dead = 1, receipt = NULL
     WHERE queue = ? AND dead = 0 AND attempt > 0 AND attempt >= ? AND due <= ?`,
  );
  const ready = db.prepare(
    `SELECT n, id, key, sent, attempt, trace, body FROM message
     WHERE queue = ? AND dead = 0 AND due <= ? ORDER BY due, n LIMIT ?`,
  );
  const hold = db.prepare('UPDATE message SET attempt = attempt + 1, receipt = ?, due = ? WHERE n = ?');
  const remove = db.prepare('DELETE FROM message WHERE n = ? AND receipt = ?');
  const release = db.prepare('UPDATE message SET receipt = NULL, due = ? WHERE n = ? AND receipt = ?');
  const extend = db.prepare('UPDATE message SET due = ? WHERE n = ? AND receipt = ?');
  const bury = db.prepare('UPDATE message SET dead = 1, receipt = NULL, error = ? WHERE n = ? AND receipt = ?');
  const held = db.prepare('SELECT 1 FROM message WHERE queue = ? AND dead = 0 AND receipt IS NOT NULL LIMIT 1');
  const reclaim = db.prepare(
    'UPDATE message SET receipt = NULL, due = min(due, ?) WHERE queue = ? AND dead = 0 AND receipt IS NOT NULL',
  );
  const redrive = db.prepare(
    `UPDATE message SET dead = 0, attempt = 0, error = NULL, due = ?
     WHERE n IN (SELECT n FROM message WHERE queue = ? AND dead = 1 ORDER BY due, n LIMIT ?)`,
  );
  const nextDue = db.prepare('SELECT min(due) AS due FROM message WHERE queue = ? AND dead = 0');
  // A message that was received too often is a dead letter when its visibility ends, though it is marked as one only later.
  const someDead = db.prepare(
    `SELECT n, id, key, sent, attempt, error, body FROM message WHERE n IN (
       SELECT n FROM message WHERE queue = ? AND (dead = 1 OR (attempt > 0 AND attempt >= ? AND due <= ?))
       ORDER BY random() LIMIT ?)`,
  );
  const depth = db.prepare(
    `SELECT count(*) AS total,
       count(*) FILTER (WHERE dead = 1 OR (attempt > 0 AND attempt >= ? AND due <= ?)) AS dead,
       count(*) FILTER (WHERE dead = 0 AND receipt IS NOT NULL AND due > ?) AS inFlight
     FROM message WHERE queue = ?`,
  );

  return {
    send(
      queue: string,
      messages: readonly (Outgoing<Json> & { id: string; delay: number })[],
      now: number,
      trace?: string,
    ): void {
      for (const { id, key = id, message, delay } of messages)
        insert.run(queue, id, key, now, now + delay * 1000, trace ?? null, JSON.stringify(message));
    },

    /** Takes up to `max` messages that nobody has, for `visibility` seconds. */
    claim({ queue, attempts, now }: Moment, max: number, visibility: number): readonly Received<Json>[] {
      exhaust.run(queue, attempts, now);
      return (ready.all(queue, now, max) as unknown as Row[]).map((row) => {
        const receipt = `${row.n}.${randomBytes(16).toString('hex')}`;
        hold.run(receipt, now + visibility * 1000, row.n);
        const { trace } = row;
        return { ...toMessage(row), attempt: row.attempt + 1, receipt, ...(trace !== null && { trace }) };
      });
    },

    /** Whether anybody has, or had, a message of it. */
    held: (queue: string): boolean => held.get(queue) !== undefined,
    reclaim: (queue: string, now: number): void => void reclaim.run(now, queue),
    remove: (receipt: string): void => void remove.run(rowOf(receipt), receipt),
    release: (receipt: string, due: number): void => void release.run(due, rowOf(receipt), receipt),
    extend: (receipt: string, due: number): void => void extend.run(due, rowOf(receipt), receipt),
    bury: (receipt: string, error: ErrorValue): void =>
      void bury.run(JSON.stringify(toErrorValue(error)), rowOf(receipt), receipt),

    /** @returns how many are messages again. */
    redrive({ queue, attempts, now }: Moment, max: number): number {
      exhaust.run(queue, attempts, now);
      return Number(redrive.run(now, queue, max).changes);
    },

    /** When the next message can be received; `undefined` where there is none. */
    nextDue: (queue: string): number | undefined => (nextDue.get(queue) as { due: number | null }).due ?? undefined,

    dead({ queue, attempts, now }: Moment, max: number): readonly DeadLetter<Json>[] {
      return (someDead.all(queue, attempts, now, max) as unknown as Row[]).map((row) => ({
        ...toMessage(row),
        attempts: row.attempt,
        ...(row.error !== null && { error: JSON.parse(row.error) as ErrorValue }),
      }));
    },

    depth({ queue, attempts, now }: Moment): Depth {
      const counted = depth.get(attempts, now, now, queue) as { total: number; dead: number; inFlight: number };
      const { total, dead, inFlight } = counted;
      return { ready: total - dead - inFlight, inFlight, dead };
    },
  };
}

/** 128 random bits. */
export function newId(): Sent {
  return { id: randomBytes(16).toString('hex') };
}

function toMessage({ id, key, sent, body }: Row): Pick<Received<Json>, 'id' | 'key' | 'message' | 'sentAt'> {
  return { id, key, message: JSON.parse(body) as Json, sentAt: new Date(sent) };
}

/** A receipt begins with its row's number; one that never was names no row. */
function rowOf(receipt: string): number {
  return Number.parseInt(receipt, 10) || 0;
}
