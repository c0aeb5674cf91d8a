import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { ErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Status } from '../../../core/workflow/runs.ts';
import { errorOf } from '../workflow/index.ts';
import type { Executions } from './executions.ts';
import { type History, progressOf } from './history.ts';
import type { KnownRun, Records } from './records.ts';

export const CANCELLED: ErrorValue = { name: 'Cancelled', message: 'the run was cancelled' };

interface SettlerParts {
  readonly executions: Executions;
  readonly records: Records;
  historyFor(run: KnownRun): Promise<History>;
  begin(run: KnownRun): Promise<void>;
}

interface End {
  readonly status: Exclude<Status, 'running'>;
  readonly outcome: Json;
}

/**
 * Makes what brings a run's record up to its execution. An end is written down once, by whoever sees it first; a run whose starter
 * died before its execution began is begun.
 */
export function settler({ executions, records, historyFor, begin }: SettlerParts) {
  /** @param hint `stopped`: it was, though Step Functions may not say so yet; `brief`: progress is not asked for. */
  const settle = async (run: KnownRun, hint?: 'stopped' | 'brief'): Promise<KnownRun> => {
    const { id, record } = run;
    if (record.status !== 'running') return run;
    const seen = await executions.describe(record.execution);
    if (seen === undefined) {
      if (!record.begun) await begin(run);
      return run;
    }
    const end = endOf(seen) ?? (hint === 'stopped' ? { status: 'cancelled', outcome: asJson(CANCELLED) } : undefined);
    if (end === undefined && hint === 'brief') return run;
    const history = await historyFor(run);
    const progress = progressOf(history, await records.definition(run));
    const at = (end && seen.stopDate) ?? history.at;
    const now = { ...record, ...progress, ...(at && { updatedAt: at.getTime() }) };
    if (end === undefined) return { ...run, record: now };
    const over = { ...now, begun: true, status: end.status };
    if (await records.settle(run, over, end.outcome)) return { ...run, record: over };
    const other = await records.find(id);
    return other === undefined ? run : settle(other, hint);
  };
  return settle;
}

function endOf(seen: DescribeExecutionCommandOutput): End | undefined {
  const { status, output = 'null', error, cause } = seen;
  if (status === 'SUCCEEDED') return { status: 'succeeded', outcome: JSON.parse(output) as Json };
  if (status === 'FAILED') return { status: 'failed', outcome: asJson(errorOf(error ?? 'Error', cause)) };
  if (status === 'TIMED_OUT') return { status: 'failed', outcome: asJson(errorOf('States.Timeout', cause)) };
  // Also where somebody else stopped it, with words of their own.
  if (status === 'ABORTED')
    return { status: 'cancelled', outcome: asJson({ ...CANCELLED, ...(cause !== undefined && { message: cause }) }) };
  return undefined;
}

function asJson(error: ErrorValue): Json {
  return { ...error } as unknown as Json;
}
