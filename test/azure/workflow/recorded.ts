import { createRequire } from 'node:module';
import type { Json, Workflow } from '../../../core/index.ts';
import { toJson } from '../../../core/json.ts';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import {
  ACTIVITY,
  type InstanceClient,
  LANE,
  ORCHESTRATOR,
  type Outcome,
  orchestrate,
  outcomeOf,
  performActivity,
  startInput,
  stopLanes,
} from '../../../handlers/azure/workflow/index.ts';
import { jumpingClock } from '../../../handlers/azure/workflow/jumping-clock.ts';

interface HistoryEvent {
  readonly EventType: number;
}
export interface Trigger {
  readonly input?: unknown;
  readonly history: readonly HistoryEvent[];
  readonly instanceId: string;
}
/** One call of the orchestrator. */
export interface Episode {
  readonly trigger: Trigger;
  readonly answer: Json;
}
/** The calls for one instance until it ended or went on with an empty history. */
export interface Execution {
  readonly episodes: readonly Episode[];
  /** Events of its history in the end. */
  readonly events: number;
}

type Handler = (trigger: object, context: object) => Promise<unknown>;
const { createOrchestrator } = createRequire(import.meta.url)('durable-functions/lib/src/util/testingUtils') as {
  createOrchestrator(orchestrator: typeof orchestrate): Handler;
};
const handler = createOrchestrator(orchestrate);

/** What the orchestrator answers to a trigger; of an error its text. */
export async function answerTo(trigger: Trigger): Promise<Json> {
  const answer = await handler(structuredClone(trigger), {}).catch((error: Error) => ({ threw: error.message }));
  return toJson(answer);
}

export interface Recorded {
  readonly durable: Durable;
  readonly client: InstanceClient;
  readonly clock: ReturnType<typeof jumpingClock>['clock'];
  /** Every execution so far. */
  readonly executions: readonly Execution[];
  start(input: Json, run?: string): Promise<void>;
  outcome(run?: string): Promise<Outcome | undefined>;
}

/**
 * The orchestrator over the engine and nothing else.
 *
 * @param workflow asked for at each step.
 * @param keep whether its calls are kept, or counted only.
 */
export async function record(workflow: () => Workflow, keep = true): Promise<Recorded> {
  const { clock, after } = jumpingClock();
  const executions: { episodes: Episode[]; events: number }[] = [];
  const open = new Map<string, (typeof executions)[number]>();
  const note = (episode: Episode): void => {
    const { instanceId, history } = episode.trigger;
    let execution = open.get(instanceId);
    if (execution === undefined || history.length <= execution.events) {
      execution = { episodes: [], events: 0 };
      executions.push(execution);
      open.set(instanceId, execution);
    }
    execution.events = history.length;
    if (keep) execution.episodes.push(episode);
  };
  const claims = new Map<string, string>();
  const durable: Durable = await openDurable({
    clock,
    strict: true,
    invoker: {
      functions: { orchestrators: [ORCHESTRATOR, LANE], activities: [ACTIVITY] },
      async orchestrator(_, trigger) {
        const input = JSON.parse(trigger) as Trigger;
        const { instanceId } = input;
        const history = keep ? structuredClone(input.history) : input.history;
        const result = handler(input, {});
        const answer = await result.catch((error: Error) => ({ threw: error.message }));
        note({ trigger: { ...input, instanceId, history }, answer: keep ? toJson(answer) : null });
        return result;
      },
      activity: (_, envelope) =>
        performActivity(
          (_name, step) => workflow().steps.get(step),
          String(envelope),
          {
            client: () => ({}),
            claims: { put: async (key, text) => void claims.set(key, text), get: async (key) => claims.get(key) },
            log: () => undefined,
          },
          new AbortController().signal,
          {
            after,
            alarm: async ({ to, event }, data) => void (await durable.raise(to, event, data)),
            stop: (lanes) => stopLanes(client, lanes),
          },
        ),
    },
  });
  const client: InstanceClient = {
    getStatus: (id) => durable.status(id),
    raiseEvent: (id, event, data) => durable.raise(id, event, data),
    terminate: (id, reason) => durable.terminate(id, reason),
  };
  return {
    durable,
    client,
    clock,
    executions,
    async start(input, run = 'r') {
      const { ir, name } = workflow();
      await durable.start(ORCHESTRATOR, startInput({ ir, workflow: name, run, input }), { id: run });
    },
    outcome: async (run = 'r') => outcomeOf(await durable.settled(run)),
  };
}
