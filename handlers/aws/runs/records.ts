import type { Json } from '../../../core/json.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import * as core from '../../../core/workflow/run-records.ts';
import { expiring } from './expiring.ts';

/** What is known of a run without asking Step Functions: also the ARNs of its machine and its execution. */
export interface RunRecord extends core.RunRecord {
  readonly machine: string;
  readonly execution: string;
}
export type KnownRun = core.KnownRun<RunRecord>;
export type Records = ReturnType<typeof recordsIn>;
export { partitionOf, type RunRow } from '../../../core/workflow/run-records.ts';

/**
 * Days after its start for which everything of a run is kept. Step Functions lets none go on for longer than one year, and its
 * names are free again 90 days after the end: so a run is known for a year after its end at least, and an id that is free again is
 * free there too.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const KEPT_DAYS = 731;

/** A table in which what is written of a run is kept as long as the run. */
export function ofRun(table: TableClient, { startedAt }: Pick<RunRecord, 'startedAt'>): TableClient {
  return expiring(table, new Date(startedAt + KEPT_DAYS * 86_400_000));
}

/** The runs of a room as documents of one table. Definitions, of which there are few, are kept for good. */
export function recordsIn(table: TableClient) {
  const records = core.recordsIn<RunRecord>(table);
  const kept = (record: RunRecord) => core.recordsIn<RunRecord>(ofRun(table, record));
  return {
    ...records,
    create: (id: string, record: RunRecord, input: Json) => kept(record).create(id, record, input),
    settle: (run: KnownRun, record: RunRecord, outcome: Json) => kept(record).settle(run, record, outcome),
    list: (id: string, record: RunRecord) => kept(record).list(id, record),
    /** Writes down that its execution was started, and puts it on the list. */
    async begun(run: KnownRun): Promise<void> {
      await kept(run.record).enlist(run.id, run.record);
      await records.change(run, { begun: true });
    },
    /** Takes back what `create` wrote, where nobody else has begun the run meanwhile. */
    async forget({ id, version }: KnownRun): Promise<void> {
      const partition = core.partitionOf(id);
      const { items } = await table.query(partition, { prefix: 'input/' });
      await core.unlessRefused(
        table.transact(partition, [
          { kind: 'delete', id: 'run', ifMatch: version },
          ...items.map((part) => ({ kind: 'delete', id: part.id }) as const),
        ]),
      );
    },
  };
}
