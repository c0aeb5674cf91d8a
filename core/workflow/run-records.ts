import { Failure } from '../error.ts';
import type { Json } from '../json.ts';
import type { Page } from '../resources/bucket.ts';
import type { Document, Fields, TableClient } from '../resources/table.ts';
import type { WorkflowIR } from './ir.ts';
import { createText, readText, textParts } from './long-text.ts';
import type { Status } from './runs.ts';

/** What a room knows of a run without asking its engine. Times are milliseconds since 1970. */
export interface RunRecord {
  readonly workflow: string;
  /** Names its definition among those that are kept. */
  readonly definition: string;
  /** Whether the engine was told to start it for certain. */
  readonly begun: boolean;
  /** `running` also where it is over and nobody has looked since. */
  readonly status: Status;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly done: number;
  readonly total: number;
}

export interface KnownRun<R extends RunRecord> {
  readonly id: string;
  readonly record: R;
  readonly version: string;
}

/** A row of the list of runs. */
export type RunRow = Pick<RunRecord, 'workflow' | 'status' | 'startedAt' | 'updatedAt' | 'done' | 'total'> & {
  readonly id: string;
};

/** What the list's rows are kept under: those of the newest runs come first. */
const LIST = 'runs';
/** Ends in the year 2286. */
const LAST = 9_999_999_999_999;
const rowId = (id: string, startedAt: number): string => `${String(LAST - startedAt).padStart(13, '0')}.${id}`;

export type Records<R extends RunRecord> = ReturnType<typeof recordsIn<R>>;

export const partitionOf = (id: string): string => `run/${id}`;

/** The runs of a room, whose engine does not keep all of them for good, as documents of one table. */
export function recordsIn<R extends RunRecord>(table: TableClient) {
  const kept = new Set<string>();
  const toRow = (id: string, record: R): Fields => {
    const { workflow, status, startedAt, updatedAt, done, total } = record;
    return { id, workflow, status, startedAt, updatedAt, done, total };
  };
  const known = (id: string, { value, version }: Document<Fields>): KnownRun<R> => ({
    id,
    record: value as unknown as R,
    version,
  });
  const text = async (id: string, name: string): Promise<Json> =>
    JSON.parse((await readText(table, partitionOf(id), name)) ?? 'null') as Json;

  /** Brings the list up to a record. */
  const list = async (id: string, record: R): Promise<void> => {
    await table.put({ partition: LIST, id: rowId(id, record.startedAt) }, toRow(id, record));
  };

  return {
    /** Keeps a definition. @returns its name */
    async define(ir: WorkflowIR): Promise<string> {
      const json = JSON.stringify(ir);
      const hash = await sha256(json);
      if (kept.has(hash)) return hash;
      for (const { id, value } of textParts('ir', json))
        await table.put({ partition: `definition/${hash}`, id }, value);
      kept.add(hash);
      return hash;
    },
    async definition({ record }: KnownRun<R>): Promise<WorkflowIR> {
      const json = await readText(table, `definition/${record.definition}`, 'ir');
      if (json === undefined) throw new Error(`the definition ${record.definition} is not in the table`);
      return JSON.parse(json) as WorkflowIR;
    },
    async find(id: string): Promise<KnownRun<R> | undefined> {
      const found = await table.get({ partition: partitionOf(id), id: 'run' });
      return found && known(id, found);
    },
    /** @returns whether there was none. */
    async create(id: string, record: R, input: Json): Promise<boolean> {
      const value = record as unknown as Fields;
      return unlessRefused(
        table.transact(partitionOf(id), [
          { kind: 'create', id: 'run', value },
          ...createText('input', JSON.stringify(input)),
        ]),
      );
    },
    /** Changes a record that is as it was found. @returns what it is then; `undefined` where somebody else was faster. */
    async change({ id, version }: KnownRun<R>, changes: Partial<R>): Promise<KnownRun<R> | undefined> {
      const at = { partition: partitionOf(id), id: 'run' };
      try {
        return known(id, await table.update(at, changes as Fields, { ifMatch: version }));
      } catch (error) {
        if (isRefused(error)) return undefined;
        throw error;
      }
    },
    /** Writes down how it ended, which is never changed again. @returns whether this one did it. */
    async settle({ id, version }: KnownRun<R>, record: R, outcome: Json): Promise<boolean> {
      const done = await unlessRefused(
        table.transact(partitionOf(id), [
          { kind: 'replace', id: 'run', value: record as unknown as Fields, ifMatch: version },
          ...createText('outcome', JSON.stringify(outcome)),
        ]),
      );
      if (done) await list(id, record);
      return done;
    },
    list,
    /** Puts it on the list, where it is not on it. */
    async enlist(id: string, record: R): Promise<void> {
      const row = { partition: LIST, id: rowId(id, record.startedAt) };
      await unlessRefused(table.create(row, toRow(id, record)));
    },
    input: (id: string): Promise<Json> => text(id, 'input'),
    outcome: (id: string): Promise<Json> => text(id, 'outcome'),
    /** Newest first. */
    async rows(cursor: string | undefined): Promise<Page<RunRow>> {
      const { items, next } = await table.query(LIST, cursor === undefined ? {} : { cursor });
      const rows = items.map(({ value }) => value as unknown as RunRow);
      return next === undefined ? { items: rows } : { items: rows, next };
    },
  };
}

/** @returns whether it was done; a condition that did not hold is no error. */
export async function unlessRefused(written: Promise<unknown>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Failure && error.name === 'PreconditionFailed';
}

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
