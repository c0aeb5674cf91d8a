import { invalidInput, toErrorValue } from '../../../../core/error.ts';
import { type Json, toJson } from '../../../../core/json.ts';
import { decide, type Schema, triggerText } from './episode.ts';
import { ask, type Invoker } from './invoker.ts';
import { openLedger } from './ledger.ts';
import { type Action, EVENT, type HistoryEvent } from './protocol.ts';

export interface ReplayRequest {
  /** The name of the orchestrator function. */
  readonly orchestrator: string;
  /** @default what the history says */
  readonly input?: unknown;
  /** As the extension keeps it: numbers in `EventType`, tasks by `EventId`. A part from its beginning will do, an empty one too. */
  readonly history: readonly HistoryEvent[];
  /** @default `replay` */
  readonly instanceId?: string;
  readonly parentInstanceId?: string;
  /** @default 2 */
  readonly schema?: Schema;
}

export interface Replayed {
  readonly isDone: boolean;
  /** One for each yield since the beginning; `Task.all` and `Task.any` have theirs in `compoundActions`. */
  readonly actions: readonly Action[];
  readonly output?: Json;
  /** What the orchestrator threw; or, where its code does not do what the history says, both by name. */
  readonly error?: string;
}

/**
 * Runs an orchestrator once over a history and holds what it asks for against what the history says. Nothing is performed.
 *
 * @throws Failure `InvalidInput` naming the field of the request.
 */
export async function replayHistory(invoker: Invoker, request: ReplayRequest): Promise<Replayed> {
  const { orchestrator, history, instanceId = 'replay', parentInstanceId = null, schema = 2 } = request;
  if (typeof orchestrator !== 'string') throw invalidInput('orchestrator: the name of a function', 'orchestrator');
  if (!Array.isArray(history) || history.some((event) => typeof event?.EventType !== 'number'))
    throw invalidInput('history: a list of events, each with a number as its EventType', 'history');
  const started = history.find((event) => event.EventType === EVENT.ExecutionStarted);
  const input = request.input === undefined ? (started?.Input ?? null) : JSON.stringify(request.input);
  const begun = withBeginning(history, { Name: orchestrator, Input: input });
  const text = begun.map((event) => JSON.stringify(event)).join();
  const trigger = triggerText({ instanceId, parentInstanceId, input, history: text, isReplaying: true }, schema);
  try {
    const answer = await ask(invoker, orchestrator, trigger);
    const { isDone, actions, output, error } = answer;
    const ledger = openLedger({ orchestrator, instanceId, strict: true });
    const { outcome } = decide(orchestrator, ledger, begun, answer, new Date(0).toISOString());
    // What the code threw is told in its own words, and only then what the books say of it.
    const wrong = error ?? (outcome.kind === 'failed' ? outcome.reason : undefined);
    return {
      isDone,
      actions: toJson(actions) as unknown as readonly Action[],
      ...(isDone && { output }),
      ...(wrong !== undefined && { error: wrong }),
    };
  } catch (thrown) {
    return { isDone: false, actions: [], error: toErrorValue(thrown).message };
  }
}

/** The two events that every history begins with, without which the library does nothing. */
function withBeginning(
  history: readonly HistoryEvent[],
  started: { readonly Name: string; readonly Input: string | null },
): readonly HistoryEvent[] {
  const [first] = history;
  const common = { EventId: -1, IsPlayed: false, Timestamp: first?.Timestamp ?? new Date(0).toISOString() };
  const isOpen = first?.EventType === EVENT.OrchestratorStarted;
  const opened = isOpen ? first : { ...common, EventType: EVENT.OrchestratorStarted };
  const rest = isOpen ? history.slice(1) : history;
  if (rest.some((event) => event.EventType === EVENT.ExecutionStarted)) return [opened, ...rest];
  return [opened, { ...common, EventType: EVENT.ExecutionStarted, Version: '', ...started }, ...rest];
}
