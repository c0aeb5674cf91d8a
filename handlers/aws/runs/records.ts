import { createHash } from 'node:crypto';
import { Failure } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Page } from '../../../core/resources/bucket.ts';
import type { Document, Fields, TableClient } from '../../../core/resources/table.ts';
import type { WorkflowIR } from '../../../core/workflow/ir.ts';
import type { Status } from '../../../core/workflow/runs.ts';
import { createText, readText, textParts } from './long-text.ts';

/** What is known of a run without asking Step Functions. Times are milliseconds since 1970. */
export interface RunRecord {
  readonly workflow: string;
  /** The ARNs of its machine and its execution. */
  readonly machine: string;
  readonly execution: string;
  /** Names its definition among those that are kept. */
  readonly definition: string;
  /** Whether its execution was started for certain. */
  readonly begun: boolean;
  /** `running` also where it is over and nobody has looked since. */
  readonly status: Status;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly done: number;
  readonly total: number;
}

export interface KnownRun {
  readonly id: string;
  readonly record: RunRecord;
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

export type Records = ReturnType<typeof recordsIn>;

export const partitionOf = (id: string): string => `run/${id}`;

/** The runs of a room as documents of one table. */
export function recordsIn(table: TableClient) {
  const kept = new Set<string>();
  const toRow = (id: string, record: RunRecord): Fields => {
    const { workflow, status, startedAt, updatedAt, done, total } = record;
    return { id, workflow, status, startedAt, updatedAt, done, total };
  };
  const known = (id: string, { value, version }: Document<Fields>): KnownRun => ({
    id,
    record: value as unknown as RunRecord,
    version,
  });

  /** Brings the list up to a record. */
  const list = async (id: string, record: RunRecord): Promise<void> => {
    await table.put({ partition: LIST, id: rowId(id, record.startedAt) }, toRow(id, record));
  };

  return {
    /** Keeps a definition. @returns its name */
    async define(ir: WorkflowIR): Promise<string> {
      const text = JSON.stringify(ir);
      const hash = createHash('sha256').update(text).digest('hex');
      if (kept.has(hash)) return hash;
      for (const { id, value } of textParts('ir', text))
        await table.put({ partition: `definition/${hash}`, id }, value);
      kept.add(hash);
      return hash;
    },
    async definition({ record }: KnownRun): Promise<WorkflowIR> {
      const text = await readText(table, `definition/${record.definition}`, 'ir');
      if (text === undefined) throw new Error(`the definition ${record.definition} is not in the table`);
      return JSON.parse(text) as WorkflowIR;
    },
    async find(id: string): Promise<KnownRun | undefined> {
      const found = await table.get({ partition: partitionOf(id), id: 'run' });
      return found && known(id, found);
    },
    /** @returns whether there was none. */
    async create(id: string, record: RunRecord, input: Json): Promise<boolean> {
      const value = record as unknown as Fields;
      return unlessRefused(
        table.transact(partitionOf(id), [
          { kind: 'create', id: 'run', value },
          ...createText('input', JSON.stringify(input)),
        ]),
      );
    },
    /** Writes down that its execution was started, and puts it on the list. */
    async begun({ id, record, version }: KnownRun): Promise<void> {
      await unlessRefused(table.create({ partition: LIST, id: rowId(id, record.startedAt) }, toRow(id, record)));
      await unlessRefused(
        table.update({ partition: partitionOf(id), id: 'run' }, { begun: true }, { ifMatch: version }),
      );
    },
    /** Takes back what `create` wrote, where nobody else has begun the run meanwhile. */
    async forget({ id, version }: KnownRun): Promise<void> {
      const { items } = await table.query(partitionOf(id), { prefix: 'input/' });
      await unlessRefused(
        table.transact(partitionOf(id), [
          { kind: 'delete', id: 'run', ifMatch: version },
          ...items.map((part) => ({ kind: 'delete', id: part.id }) as const),
        ]),
      );
    },
    /** Writes down how it ended, which is never changed again. @returns whether this one did it. */
    async settle({ id, version }: KnownRun, record: RunRecord, outcome: Json): Promise<boolean> {
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
    async input(id: string): Promise<Json> {
      return JSON.parse((await readText(table, partitionOf(id), 'input')) ?? 'null') as Json;
    },
    async outcome(id: string): Promise<Json> {
      return JSON.parse((await readText(table, partitionOf(id), 'outcome')) ?? 'null') as Json;
    },
    /** Newest first. */
    async rows(cursor: string | undefined): Promise<Page<RunRow>> {
      const { items, next } = await table.query(LIST, cursor === undefined ? {} : { cursor });
      const rows = items.map(({ value }) => value as unknown as RunRow);
      return next === undefined ? { items: rows } : { items: rows, next };
    },
  };
}

async function unlessRefused(written: Promise<unknown>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (error instanceof Failure && error.name === 'PreconditionFailed') return false;
    throw error;
  }
}
