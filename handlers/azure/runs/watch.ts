import type { TableClient } from '../../../core/resources/table.ts';
import { partitionOf, recordsIn, sha256 } from '../../../core/workflow/run-records.ts';
import type { StepRecord } from '../../../core/workflow/runs.ts';
import { stopLanes, type Watch } from '../workflow/index.ts';
import { type DurableClientLike, instancesOn } from './instances.ts';
import type { AzureRecord } from './settle.ts';
import { stepsIn } from './steps.ts';

export interface WatchOptions {
  readonly client: DurableClientLike;
  /** The room's own. */
  readonly table: TableClient;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What one call of the activity does beside its step: it keeps to a cancel, hears of lanes that failed, and writes down the call. */
export function stepWatch({ client, table, now = Date.now }: WatchOptions): Watch {
  const instances = instancesOn(client);
  const records = recordsIn<AzureRecord>(table);
  const steps = stepsIn(table, now);
  const flagOf = async (run: string, prefix: string) => ({
    partition: partitionOf(run),
    id: `stop/${await sha256(prefix)}`,
  });
  let begun: StepRecord | undefined;
  return {
    async stopped({ run, instance }) {
      const prefix = instance.slice(0, instance.lastIndexOf(':') + 1);
      const [known, flag] = await Promise.all([
        records.find(run),
        prefix === '' ? undefined : table.get(await flagOf(run, prefix)),
      ]);
      return known?.record.status === 'cancelled' || flag !== undefined;
    },
    async alarm({ to, event, prefix }, data) {
      await table.put(await flagOf(to.split(':')[0] ?? to, prefix), {});
      await instances.raiseEvent(to, event, data);
    },
    stop: (lanes) => stopLanes(instances, lanes),
    async begun(work) {
      begun = await steps.begun(work);
    },
    async ended(work, answer) {
      if (begun !== undefined) await steps.ended(work.run, begun, answer);
    },
  };
}
