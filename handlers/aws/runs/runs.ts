import { randomUUID } from 'node:crypto';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type ErrorValue, Failure, invalidInput } from '../../../core/error.ts';
import { inLanes } from '../../../core/in-lanes.ts';
import { exceeds } from '../../../core/json.ts';
import type { Page } from '../../../core/resources/bucket.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';
import { plannedCalls } from '../../../core/workflow/progress.ts';
import {
  checkEvent,
  checkSameStart,
  eventDataOf,
  inputOf,
  noRun,
  runIsOver,
  tooLarge,
  workflowToStart,
} from '../../../core/workflow/requests.ts';
import { isRunId, type RunStatus, type Runs } from '../../../core/workflow/runs.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import { isNamed } from '../resources/answer.ts';
import { startInput, type WaitPayload } from '../workflow/index.ts';
import { executionArn, executionsOn } from './executions.ts';
import { type History, historyOf } from './history.ts';
import { inboxesIn } from './inbox.ts';
import { type KnownRun, ofRun, partitionOf, type RunRow, recordsIn } from './records.ts';
import { CANCELLED, settler } from './settle.ts';

export interface RunsOptions {
  readonly sfn: SFNClient;
  /** The room's own: runs, their inputs and outcomes, events and who waits for them. */
  readonly table: TableClient;
  /** The ARN of the state machine that `compile` made of a workflow, a standard one. */
  machineArn(workflow: string): string;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface AwsRuns extends Runs {
  /** What the control function does with a wait: it gets an event that came before, or the next one. */
  wait(payload: WaitPayload): Promise<void>;
  /** Writes down that a run is over, where it is: then lists need not ask for it. A run that is not known is no error. */
  look(id: string): Promise<void>;
}

const STEP_PAGE = 1000;
/** Runs of one page of the list that are looked at at once. */
const LANES = 10;
/** Pages that a list reads in vain before it gives an empty one with a cursor. */
const VAIN = 10;
/** What no other try can change: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const REFUSED = [
  'StateMachineDoesNotExist',
  'StateMachineDeleting',
  'InvalidArn',
  'InvalidName',
  'ValidationException',
];

/**
 * Runs of Step Functions. A table has what Step Functions does not: ids for longer, one list of all runs, inputs as they were given,
 * definitions, outcomes older than 90 days, and events.
 *
 * @throws TypeError naming an option that is not known.
 */
export function makeRuns(options: RunsOptions): AwsRuns {
  checkedOptionNames('makeRuns', options, ['sfn', 'table', 'machineArn', 'workflows', 'now']);
  const { sfn, table, machineArn, workflows, now = Date.now } = options;
  const executions = executionsOn(sfn);
  const records = recordsIn(table);

  const found = async (id: string): Promise<KnownRun> => {
    const run = isRunId(id) ? await records.find(id) : undefined;
    if (run === undefined) throw noRun(id);
    return run;
  };
  const historyFor = async ({ record }: KnownRun): Promise<History> =>
    historyOf(await executions.history(record.execution));
  const inboxesOf = (run: KnownRun) =>
    inboxesIn(partitionOf(run.id), {
      table: ofRun(table, run.record),
      executions,
      fateOf: async (token) => (await historyFor(run)).fates.get(token),
    });

  /** Twice is no error: an execution's name is taken once. */
  const begin = async (run: KnownRun): Promise<void> => {
    const input = startInput(await records.definition(run), await records.input(run.id));
    await executions.start(run.record.machine, run.id, input);
    await records.begun(run);
  };
  const settled = settler({ executions, records, historyFor, begin });
  /** Runs of all apps are in one table. Of another app's this function has no right to ask: what is written down it can tell. */
  const requireOwn = ({ id, record }: KnownRun): void => {
    if (workflows.has(record.workflow)) return;
    throw new Failure({ name: 'NotFound', message: `the run '${id}' is of another app: ask there` });
  };
  const settle: typeof settled = async (run, hint) => {
    if (run.record.status === 'running') requireOwn(run);
    return settled(run, hint);
  };
  /** The run as it is now, but for the progress of one that goes on: reading that is a call for each 1,000 events. */
  const current = async (id: string): Promise<KnownRun> => settle(await found(id), 'brief');
  const running = async (id: string): Promise<KnownRun> => {
    const run = await current(id);
    if (run.record.status !== 'running') throw runIsOver(id, run.record.status);
    return run;
  };

  /** Rows of runs that are over and not known to be are looked up. */
  const refreshed = async (rows: readonly RunRow[]): Promise<readonly RunRow[]> => {
    const fresh = [...rows];
    await inLanes([...rows.entries()], LANES, async ([at, row]) => {
      // Another app's runs are on the list too; that function has no right to ask for them.
      if (row.status !== 'running' || !workflows.has(row.workflow)) return;
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
      // What is sent has a name around the input, and nulls in it: the quota is for all of that.
      if (exceeds(startInput(ir, input), PAYLOAD_LIMIT)) throw tooLarge('input');
      const machine = machineArn(name);
      const at = now();
      const created = await records.create(
        id,
        {
          ...{ workflow: name, machine, execution: executionArn(machine, id), definition: await records.define(ir) },
          ...{ begun: false, status: 'running', startedAt: at, updatedAt: at },
          ...{ done: 0, total: plannedCalls(ir.body) },
        },
        input,
      );
      const run = await found(id);
      if (!created) {
        const known = { workflow: run.record.workflow, input: await records.input(id) };
        checkSameStart(id, known, { workflow: name, input });
      }
      if (run.record.begun) return { id, created };
      try {
        await begin(run);
      } catch (error) {
        if (isNamed(error, ...REFUSED)) await records.forget(run);
        throw error;
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
      const run = await found(id);
      requireOwn(run);
      const { steps } = await historyFor(run);
      const end = Number(cursor) + STEP_PAGE;
      const items = steps.slice(Number(cursor), end);
      return end < steps.length ? { items, next: String(end) } : { items };
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
      const run = await running(id);
      await inboxesOf(run).send(name, await eventDataOf(workflows.get(run.record.workflow), name, data), key);
    },

    async cancel(id) {
      const run = await current(id);
      if (run.record.status === 'cancelled') return;
      if (run.record.status !== 'running') throw runIsOver(id, run.record.status);
      await executions.stop(run.record.execution, CANCELLED);
      // An execution that ended first has its own end; Step Functions may also still say that it runs.
      const after = await settle(run, 'stopped');
      if (after.record.status !== 'cancelled') throw runIsOver(id, after.record.status);
    },

    wait: async ({ run, event, token, reads = [] }) => inboxesOf(await found(run)).wait(event, token, reads),

    async look(id) {
      const run = await records.find(id);
      if (run !== undefined) await settle(run, 'brief');
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
