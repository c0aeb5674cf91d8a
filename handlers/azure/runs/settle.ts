import type { Json } from '../../../core/json.ts';
import type { KnownRun, Records, RunRecord } from '../../../core/workflow/run-records.ts';
import type { Status } from '../../../core/workflow/runs.ts';
import { cancelRun, ORCHESTRATOR, outcomeOf, progressOf, startInput } from '../workflow/index.ts';
import type { Instances } from './instances.ts';

export interface AzureRecord extends RunRecord {
  /** Until then one process alone may start the instance; milliseconds since 1970. */
  readonly claimedUntil: number;
}
export type AzureRun = KnownRun<AzureRecord>;

/** Milliseconds after which one who wanted to start an instance counts as dead. */
export const CLAIM = 60_000;

interface Parts {
  readonly instances: Instances;
  readonly records: Records<AzureRecord>;
  now(): number;
}

/**
 * Starts instances, once each. Durable Functions starts an instance that is over once more under its id, so it is not asked to start
 * what it may have: one process at a time has the right to, and one who takes over the right from the dead looks first.
 */
export function starter({ instances, records, now }: Parts) {
  const start = async (run: AzureRun): Promise<AzureRun> => {
    const { id, record } = run;
    const [ir, input] = await Promise.all([records.definition(run), records.input(id)]);
    // On the list first: whoever reads that starts what a dead process left behind.
    await records.enlist(id, record);
    await instances.start(ORCHESTRATOR, id, startInput({ ir, workflow: record.workflow, run: id, input }));
    return begun(run);
  };
  const begun = async (run: AzureRun): Promise<AzureRun> => {
    const changed = await records.change(run, { begun: true });
    if (changed !== undefined) return changed;
    const other = (await records.find(run.id)) ?? run;
    // Who cancelled it may have come before there was an instance.
    if (other.record.status === 'cancelled') await cancelRun(instances, run.id);
    return other;
  };
  return {
    /** Starts the instance of a run that the caller has just created. */
    async first(run: AzureRun): Promise<AzureRun> {
      try {
        return await start(run);
      } catch (error) {
        // The next one need not wait.
        await records.change(run, { claimedUntil: 0 }).catch(() => undefined);
        throw error;
      }
    },
    /** Starts it where whoever was to do so is dead. @returns the run as it is then. */
    async again(run: AzureRun): Promise<AzureRun> {
      if (run.record.begun || run.record.claimedUntil > now()) return run;
      const mine = await records.change(run, { claimedUntil: now() + CLAIM });
      if (mine === undefined) return (await records.find(run.id)) ?? run;
      return (await instances.getStatus(run.id)) === undefined ? start(mine) : begun(mine);
    },
  };
}

/** Makes what brings a run's record up to its instance. An end is written down once, by whoever sees it first. */
export function settler({ instances, records, now }: Parts, again: (run: AzureRun) => Promise<AzureRun>) {
  /** @param brief whether the progress of one that goes on is not asked for. */
  const settle = async (found: AzureRun, brief = false): Promise<AzureRun> => {
    if (found.record.status !== 'running') return found;
    const run = await again(found);
    if (run.record.status !== 'running' || !run.record.begun) return run;
    const seen = await instances.getStatus(run.id);
    if (seen === undefined) return run;
    const outcome = outcomeOf(seen);
    if (outcome === undefined && brief) return run;
    const told = seen.customStatus === null || seen.customStatus === undefined ? {} : await progressOf(instances, seen);
    const updatedAt = seen.lastUpdatedTime === undefined ? now() : new Date(seen.lastUpdatedTime).getTime();
    // Two clocks are compared.
    const record = { ...run.record, ...told, updatedAt: Math.max(updatedAt, run.record.startedAt) };
    if (outcome === undefined) return { ...run, record };
    const over = { ...record, status: statusIn(seen.runtimeStatus) };
    const end = 'output' in outcome ? outcome.output : (outcome.error as unknown as Json);
    if (await records.settle(run, over, end)) return { ...run, record: over };
    const other = await records.find(run.id);
    return other === undefined ? run : settle(other, brief);
  };
  return settle;
}

function statusIn(runtimeStatus: string): Exclude<Status, 'running'> {
  if (runtimeStatus === 'Completed') return 'succeeded';
  return runtimeStatus === 'Failed' ? 'failed' : 'cancelled';
}
