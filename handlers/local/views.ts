import { type ErrorValue, invalidInput } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { Page } from '../../core/resources/bucket.ts';
import type { RunStatus, StepRecord } from '../../core/workflow/runs.ts';
import type { RunRow } from './journal.ts';
import type { Run } from './run.ts';
import type { Outcome } from './supervisor.ts';

export function statusOf(row: RunRow, live: Run | undefined, whole: boolean): RunStatus {
  return {
    id: row.id,
    workflow: row.workflow,
    status: row.status,
    ...(whole && { input: JSON.parse(row.input) as Json }),
    ...(whole && row.outcome !== null && outcomeOf(row)),
    progress: live?.progress() ?? { done: row.done, total: row.total },
    startedAt: new Date(row.started).toISOString(),
    updatedAt: new Date(live?.touched() ?? row.updated).toISOString(),
  };
}

export function outcomeOf(row: RunRow): Outcome {
  const value = JSON.parse(row.outcome ?? 'null') as Json;
  return row.status === 'succeeded' ? { output: value } : { error: value as unknown as ErrorValue };
}

export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw invalidInput('cursor: not one that a page gave', 'cursor');
  return Number(cursor);
}

export function pageOf(items: readonly StepRecord[], offset: number, size: number): Page<StepRecord> {
  const end = offset + size;
  const page = items.slice(offset, end);
  return end < items.length ? { items: page, next: String(end) } : { items: page };
}
