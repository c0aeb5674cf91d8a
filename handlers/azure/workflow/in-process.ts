import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { invalidInput } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Page } from '../../../core/resources/bucket.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import {
  checkEvent,
  checkSameStart,
  eventDataOf,
  inputOf,
  noRun,
  runIsOver,
  workflowToStart,
} from '../../../core/workflow/requests.ts';
import type { RunStatus, Runs, Status } from '../../../core/workflow/runs.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import {
  type Clock,
  type Durable,
  type DurableOptions,
  type DurableStatus,
  openDurable,
} from '../host/durable/engine.ts';
import { LANE, ORCHESTRATOR, type Orchestration, type OrchestrationContext } from './durable.ts';
import { cancelRun, type InstanceClient, progressOf, stopLanes } from './lanes.ts';
import { orchestrate } from './orchestrate.ts';
import { type Outcome, outcomeOf, type Started, startInput, startOf } from './outcome.ts';
import { performActivity, type Watch } from './perform.ts';
import { gathered } from './stand-in.ts';
import { type Call, makeRecords } from './step-records.ts';
import { eventInput, eventName } from './waits.ts';

export interface InProcessParts {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  /** Rings for timeouts of steps. */
  readonly after: NonNullable<Watch['after']>;
  /** Where histories are kept, and what goes wrong. @default they end with the process, and nothing does */
  readonly host?: Partial<Pick<DurableOptions, 'store' | 'faults'>> | undefined;
}

export interface InProcess extends Runs {
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  /** Every step call of a run that this process made, one an attempt. */
  calls(id: string): Promise<readonly Call[]>;
  close(): Promise<void>;
}

interface Found {
  readonly status: DurableStatus;
  readonly start: Started;
}

type Handler = (trigger: object, context: object) => Promise<unknown>;
/** The library without the state of a module and of a host; it has no name of its own for this. */
const { createOrchestrator } = createRequire(import.meta.url)('durable-functions/lib/src/util/testingUtils') as {
  createOrchestrator(orchestrator: (context: OrchestrationContext) => Orchestration<string>): Handler;
};

const PAGE = 100;
const STEP_PAGE = 1_000;

/** Runs under the real library and an engine in this process: what the functions of a deployment do, in one place. */
export async function openInProcess(parts: InProcessParts): Promise<InProcess> {
  const { workflows, clock, surroundings, after, host } = parts;
  const records = makeRecords(clock.now);
  const starting = new Map<string, Promise<unknown>>();
  const sent = new Set<string>();
  const stopped = new Set<string>();
  const working = new Map<string, AbortController>();
  const handler = createOrchestrator(orchestrate);

  const signalOf = (instance: string): AbortSignal => {
    const controller = working.get(instance) ?? new AbortController();
    working.set(instance, controller);
    return controller.signal;
  };
  const abort = (instance: string, why: string): void => {
    working.get(instance)?.abort(new Error(why));
  };
  const client: InstanceClient = {
    getStatus: (id) => durable.status(id),
    raiseEvent(id, event, data) {
      abort(id, 'told to stop');
      return durable.raise(id, event, data);
    },
    terminate(id) {
      abort(id, 'cancelled');
      return durable.terminate(id);
    },
  };
  const watch: Watch = {
    after,
    stopped: async ({ run, instance }) =>
      stopped.has(run) || stopped.has(instance.slice(0, instance.lastIndexOf(':') + 1)),
    async alarm({ to, event, prefix }, data) {
      stopped.add(prefix);
      await durable.raise(to, event, data);
    },
    stop: (lanes) => stopLanes(client, lanes),
    begun: async (work) => records.begun(work),
    ended: async (work, answer) => records.ended(work, answer),
  };
  const durable: Durable = await openDurable({
    clock,
    ...host,
    // What the real host cannot do is not to be found out there.
    strict: true,
    invoker: {
      functions: { orchestrators: [ORCHESTRATOR, LANE], activities: ['skein-step'] },
      orchestrator: (_, trigger) => handler(JSON.parse(trigger) as object, {}),
      activity: (_, input, { instanceId }) =>
        performActivity(
          (workflow, step) => workflows.get(workflow)?.steps.get(step),
          String(input),
          surroundings,
          signalOf(instanceId),
          watch,
        ),
    },
  });

  const find = async (id: string): Promise<Found> => {
    const status = await durable.status(id);
    const start = status && startOf(status);
    if (status === undefined || start === undefined) throw noRun(id);
    return { status, start };
  };

  const startOnce = async (workflow: Workflow, given: Json, id: string): Promise<{ id: string; created: boolean }> => {
    const input = await inputOf(workflow, given);
    const known = await find(id).catch(() => undefined);
    if (known !== undefined) {
      checkSameStart(id, known.start, { workflow: workflow.name, input });
      return { id, created: false };
    }
    const start = startInput({ ir: workflow.ir, workflow: workflow.name, run: id, input });
    await durable.start(ORCHESTRATOR, start, { id });
    return { id, created: true };
  };

  const view = async ({ status, start }: Found, whole: boolean): Promise<RunStatus> => ({
    id: status.instanceId,
    workflow: start.workflow,
    status: stateOf(status),
    ...(whole && { input: start.input, ...outcomeOf(status) }),
    progress: await progressOf(client, status),
    startedAt: startedAt({ status, start }),
    updatedAt: status.lastUpdatedTime,
  });

  return {
    async start(name, input, id = randomUUID()) {
      const workflow = workflowToStart(workflows, name, id);
      // One at a time for each id: of two that come together one starts it, and the other finds it started.
      while (starting.has(id)) await starting.get(id)?.catch(() => undefined);
      const started = startOnce(workflow, input, id);
      starting.set(id, started);
      return started.finally(() => starting.delete(id));
    },
    status: async (id) => view(await find(id), true),
    definition: async (id) => (await find(id)).start.ir,
    async steps(id, cursor) {
      await find(id);
      return pageOf(records.steps(id), cursor, STEP_PAGE);
    },
    async list({ cursor, status, workflow }) {
      const found: Found[] = [];
      for (let token: string | undefined, more = true; more; more = token !== undefined) {
        const page = await durable.list({ pageSize: 1_000, ...(token !== undefined && { continuationToken: token }) });
        for (const one of page.items) {
          const start = startOf(one);
          if (start === undefined || (workflow !== undefined && start.workflow !== workflow)) continue;
          if (status === undefined || stateOf(one) === status) found.push({ status: one, start });
        }
        token = page.next;
      }
      found.sort((a, b) => (startedAt(a) < startedAt(b) ? 1 : -1));
      const { items, ...next } = pageOf(found, cursor, PAGE);
      return { items: await Promise.all(items.map((one) => view(one, false))), ...next };
    },
    async event(id, name, data, key = randomUUID()) {
      checkEvent(name, key);
      const { status, start } = await find(id);
      if (stateOf(status) !== 'running') throw runIsOver(id, stateOf(status));
      const parsed = await eventDataOf(workflows.get(start.workflow), name, data);
      if (sent.has(`${id} ${key}`)) return;
      sent.add(`${id} ${key}`);
      if (!(await durable.raise(id, eventName(name), eventInput(parsed))))
        throw runIsOver(id, stateOf((await find(id)).status));
    },
    async cancel(id) {
      const { status } = await find(id);
      const state = stateOf(status);
      if (state === 'cancelled') return;
      if (state !== 'running') throw runIsOver(id, stateOf(status));
      stopped.add(id);
      await cancelRun(client, id);
      await durable.settled(id);
    },
    async result(id) {
      await find(id);
      return outcomeOf(await durable.settled(id)) as Outcome;
    },
    async calls(id) {
      await find(id);
      const whole = async (call: Call) => ({ ...call, input: await gathered(call.input, id, surroundings.claims) });
      return Promise.all(records.calls(id).map(whole));
    },
    async close() {
      await durable.close();
      for (const instance of working.keys()) abort(instance, 'closed');
    },
  };
}

function startedAt({ status, start }: Found): string {
  return start.since === undefined ? status.createdTime : new Date(start.since).toISOString();
}

function stateOf({ runtimeStatus }: DurableStatus): Status {
  if (runtimeStatus === 'Completed') return 'succeeded';
  if (runtimeStatus === 'Terminated') return 'cancelled';
  return runtimeStatus === 'Failed' ? 'failed' : 'running';
}

function pageOf<T>(items: readonly T[], cursor: string | undefined, size: number): Page<T> {
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
    throw invalidInput('cursor: not one that a page gave', 'cursor');
  const start = Number(cursor ?? 0);
  const end = start + size;
  const page = items.slice(start, end);
  return end < items.length ? { items: page, next: String(end) } : { items: page };
}
