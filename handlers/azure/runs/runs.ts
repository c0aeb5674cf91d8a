import { randomUUID } from 'node:crypto';
import { backOff } from '../../../core/back-off.ts';
import { type ErrorValue, invalidInput } from '../../../core/error.ts';
import { inLanes } from '../../../core/in-lanes.ts';
import type { Json } from '../../../core/json.ts';
import type { Page } from '../../../core/resources/bucket.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import { plannedCalls } from '../../../core/workflow/progress.ts';
import {
  checkEvent,
  checkSameStart,
  eventDataOf,
  inputOf,
  noRun,
  runIsOver,
  workflowToStart,
} from '../../../core/workflow/requests.ts';
import { type RunRow, recordsIn } from '../../../core/workflow/run-records.ts';
import { isRunId, type RunStatus, type Runs } from '../../../core/workflow/runs.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import { CANCELLED, cancelRun, eventInput, eventName } from '../workflow/index.ts';
import { type DurableClientLike, instancesOn } from './instances.ts';
import { sendOnce } from './sent.ts';
import { type AzureRecord, type AzureRun, CLAIM, settler, starter } from './settle.ts';
import { stepsIn } from './steps.ts';

export interface RunsOptions {
  /** Of `durable-functions`. */
  readonly client: DurableClientLike;
  /** The room's own: runs, their inputs and outcomes, step calls, keys of events. */
  readonly table: TableClient;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

const STEP_PAGE = 1000;
/** Runs of one page of the list that are looked at at once. */
const LANES = 10;
/** Pages that a list reads in vain before it gives an empty one with a cursor. */
const VAIN = 10;

/**
 * Runs of Durable Functions. A table has what Durable does not: ids for good, one list of all runs, inputs as they were given,
 * definitions, outcomes after its history is purged, step calls, keys of events.
 *
 * Durable's own status URLs carry the key of the whole hub; nothing here asks for them or hands them on.
 *
 * @throws TypeError naming an option that is not known.
 */
export function makeRuns(options: RunsOptions): Runs {
  checkedOptionNames('makeRuns', options, ['client', 'table', 'workflows', 'now']);
  const { client, table, workflows, now = Date.now } = options;
  const instances = instancesOn(client);
  const records = recordsIn<AzureRecord>(table);
  const steps = stepsIn(table, now);
  const begin = starter({ instances, records, now });
  const settle = settler({ instances, records, now }, begin.again);

  const found = async (id: string): Promise<AzureRun> => {
    const run = isRunId(id) ? await records.find(id) : undefined;
    if (run === undefined) throw noRun(id);
    return run;
  };
  const current = async (id: string): Promise<AzureRun> => settle(await found(id), true);

  /** Rows of runs that are over and not known to be are looked up. */
  const refreshed = async (rows: readonly RunRow[]): Promise<readonly RunRow[]> => {
    const fresh = [...rows];
    await inLanes([...rows.entries()], LANES, async ([at, row]) => {
      if (row.status !== 'running') return;
      const { record } = await current(row.id);
      fresh[at] = { id: row.id, ...record };
      if (record.status !== 'running') await records.list(row.id, record);
    });
    return fresh;
  };

  return {
    async start(name, given, id = randomUUID()) {
      const workflow = workflowToStart(workflows, name, id);
      const input = await inputOf(workflow, given);
      const { ir } = workflow;
      const at = now();
      const created = await records.create(
        id,
        {
          ...{ workflow: name, definition: await records.define(ir), begun: false, claimedUntil: at + CLAIM },
          ...{ status: 'running', startedAt: at, updatedAt: at, done: 0, total: plannedCalls(ir.body) },
        },
        input,
      );
      let run = await found(id);
      if (created) {
        await begin.first(run);
        return { id, created };
      }
      const known = { workflow: run.record.workflow, input: await records.input(id) };
      checkSameStart(id, known, { workflow: name, input });
      for (let round = 0; run.record.status === 'running' && !run.record.begun; round++) {
        run = await begin.again(run);
        if (run.record.begun) break;
        await backOff(round);
        run = await found(id);
      }
      return { id, created };
    },

    async status(id) {
      const run = await settle(await found(id));
      const { status } = run.record;
      const input = await records.input(id);
      if (status === 'running') return { ...statusOf({ id, ...run.record }), input };
      const outcome = await records.outcome(id);
      return {
        ...statusOf({ id, ...run.record }),
        input,
        ...(status === 'succeeded' ? { output: outcome } : { error: outcome as unknown as ErrorValue }),
      };
    },

    definition: async (id) => records.definition(await found(id)),

    async steps(id, cursor = '0') {
      if (!/^\d{1,9}$/.test(cursor)) throw invalidInput('cursor: not one that a page gave', 'cursor');
      await found(id);
      const end = Number(cursor) + STEP_PAGE;
      const { items, more } = await steps.of(id, Number(cursor), end);
      return more ? { items, next: String(end) } : { items };
    },

    async list({ cursor, status, workflow }): Promise<Page<RunStatus>> {
      let next = cursor;
      for (let page = 1; ; page++) {
        const rows = await records.rows(next);
        const meant = rows.items.filter((row) => workflow === undefined || row.workflow === workflow);
        const items = (await refreshed(meant)).filter((row) => status === undefined || row.status === status);
        next = rows.next;
        if (next === undefined) return { items: items.map(statusOf) };
        if (items.length > 0 || page === VAIN) return { items: items.map(statusOf), next };
      }
    },

    async event(id, name, data, key = randomUUID()) {
      checkEvent(name, key);
      const run = await current(id);
      if (run.record.status !== 'running') throw runIsOver(id, run.record.status);
      const parsed = await eventDataOf(workflows.get(run.record.workflow), name, data);
      await sendOnce(table, { run: id, key, now }, () => instances.raiseEvent(id, eventName(name), eventInput(parsed)));
    },

    async cancel(id) {
      for (;;) {
        const run = await current(id);
        const { record } = run;
        if (record.status !== 'running' && record.status !== 'cancelled') throw runIsOver(id, run.record.status);
        const cancelled = { ...record, status: 'cancelled' as const, updatedAt: now() };
        // Written first: from then on no step starts, whatever Durable still does.
        const mine = record.status === 'cancelled' || (await records.settle(run, cancelled, { ...CANCELLED } as Json));
        if (!mine) continue;
        await cancelRun(instances, id);
        return;
      }
    },
  };
}

function statusOf({ id, workflow, status, done, total, startedAt, updatedAt }: RunRow): RunStatus {
  return {
    ...{ id, workflow, status, progress: { done, total } },
    startedAt: new Date(startedAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
