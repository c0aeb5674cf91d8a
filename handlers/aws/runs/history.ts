import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { type Block, fold, type MapNode, type WorkflowIR } from '../../../core/workflow/ir.ts';
import { plannedCalls } from '../../../core/workflow/progress.ts';
import type { StepRecord } from '../../../core/workflow/runs.ts';
import { textAt } from '../events/field.ts';
import { errorOf } from '../workflow/errors.ts';
import type { StepPayload } from '../workflow/payload.ts';

/** How a wait ended: it got its event, or it did not. */
export type Fate = 'taken' | 'over';

export interface History {
  /** One record a step call, its attempts together, in the order of their first start. */
  readonly steps: readonly StepRecord[];
  /** Of the last event. */
  readonly at: Date | undefined;
  /** How many items the maps had that were begun, by the names of their states. */
  readonly items: ReadonlyMap<string, number>;
  /** Waits that are over, by their tokens. */
  readonly fates: ReadonlyMap<string, Fate>;
}

type Ending = { readonly output: Json } | { readonly error: ErrorValue };

/**
 * What the history of an execution tells. A Distributed Map's items have histories of their own, which are not read.
 *
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export function historyOf(events: readonly HistoryEvent[]): History {
  const steps = new Map<string, StepRecord>();
  const items = new Map<string, number>();
  const fates = new Map<string, Fate>();
  /** What an event goes back to, by its number: a call's key, a wait's token, a state's name. */
  const keys = new Map<number, string>();
  const tokens = new Map<number, string>();
  const names = new Map<number, string>();

  for (const event of events) {
    const { id = 0, previousEventId = 0 } = event;
    const name = event.stateEnteredEventDetails?.name;
    if (name !== undefined) names.set(id, name);
    const size = event.mapStateStartedEventDetails?.length;
    const map = names.get(previousEventId);
    if (size !== undefined && map !== undefined) items.set(map, (items.get(map) ?? 0) + size);

    const waited = waitOf(event);
    const token = waited ?? tokens.get(previousEventId);
    if (token !== undefined) {
      tokens.set(id, token);
      if (event.type === 'TaskSucceeded') fates.set(token, 'taken');
      else if (event.type === 'TaskFailed' || event.type === 'TaskTimedOut') fates.set(token, 'over');
    }

    const payload = callOf(event);
    const key = payload?.key ?? keys.get(previousEventId);
    if (key === undefined) continue;
    const time = (event.timestamp ?? new Date(0)).toISOString();
    const before = steps.get(key);
    if (payload !== undefined) {
      const { step, attempt: attempts, input } = payload;
      steps.set(key, { key, step, status: 'running', attempts, input, startedAt: before?.startedAt ?? time });
      keys.set(id, key);
      continue;
    }
    const ending = endingOf(event);
    if (ending === undefined) {
      if (event.type === 'LambdaFunctionStarted') keys.set(id, key);
    } else if (before !== undefined)
      steps.set(key, { ...before, status: 'output' in ending ? 'succeeded' : 'failed', ...ending, endedAt: time });
  }
  return { steps: [...steps.values()], at: events.at(-1)?.timestamp, items, fates };
}

function callOf({ lambdaFunctionScheduledEventDetails: details }: HistoryEvent): StepPayload | undefined {
  const payload = parsed(details?.input);
  return textAt(payload, 'step') === undefined ? undefined : (payload as unknown as StepPayload);
}

/** The token that a wait hands out. */
function waitOf({ taskScheduledEventDetails: details }: HistoryEvent): string | undefined {
  return textAt(parsed(details?.parameters), 'Payload', 'token');
}

function endingOf(event: HistoryEvent): Ending | undefined {
  if (event.type === 'LambdaFunctionSucceeded')
    return { output: parsed(event.lambdaFunctionSucceededEventDetails?.output) };
  const failed =
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails;
  if (failed !== undefined) return { error: errorOf(failed.error ?? 'Error', failed.cause) };
  if (event.type !== 'LambdaFunctionTimedOut') return undefined;
  return { error: errorOf('States.Timeout', event.lambdaFunctionTimedOutEventDetails?.cause) };
}

function parsed(text: string | undefined): Json {
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** Step calls that are over, and how many there will be as far as the maps that were begun tell. */
export function progressOf({ steps, items }: History, ir: WorkflowIR): { done: number; total: number } {
  const done = steps.filter(({ status }) => status === 'succeeded').length;
  const opened = mapsOf(ir.body).map(({ id, body }) => (items.get(id) ?? 0) * plannedCalls(body));
  const planned = opened.reduce((sum, calls) => sum + calls, plannedCalls(ir.body));
  return { done, total: Math.max(planned, done) };
}

function mapsOf({ nodes }: Block): readonly MapNode[] {
  return nodes.flatMap((node) => inside(node));
}

const none = (): readonly MapNode[] => [];
const inside = fold<readonly MapNode[]>({
  task: none,
  map: (node) => [node, ...mapsOf(node.body)],
  parallel: (node) => node.branches.flatMap(mapsOf),
  choose: (node) => [...node.cases.flatMap((one) => mapsOf(one.then)), ...mapsOf(node.else)],
  attempt: (node) => [...mapsOf(node.body), ...mapsOf(node.rescue)],
  sleep: none,
  waitFor: none,
  repeat: (node) => mapsOf(node.body),
  run: (node) => mapsOf(node.body),
  fail: none,
});
