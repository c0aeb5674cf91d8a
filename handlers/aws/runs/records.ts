import type { TableClient } from '../../../core/resources/table.ts';
import * as core from '../../../core/workflow/run-records.ts';

/** What is known of a run without asking Step Functions: also the ARNs of its machine and its execution. */
export interface RunRecord extends core.RunRecord {
  readonly machine: string;
  readonly execution: string;
}
export type KnownRun = core.KnownRun<RunRecord>;
export type Records = ReturnType<typeof recordsIn>;
export { partitionOf, type RunRow } from '../../../core/workflow/run-records.ts';

/** The runs of a room as documents of one table. */
export function recordsIn(table: TableClient) {
  const records = core.recordsIn<RunRecord>(table);
  return {
    ...records,
    /** Writes down that its execution was started, and puts it on the list. */
    async begun(run: KnownRun): Promise<void> {
      await records.enlist(run.id, run.record);
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
