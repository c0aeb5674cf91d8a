import { Failure } from '../../../../core/error.ts';
import type { Json } from '../../../../core/json.ts';
import type { Answer } from './answer.ts';
import { HTTP_POLL } from './http-poll.ts';
import { type Ledger, LONGEST_TIMER } from './ledger.ts';
import { ACTION, type Action, type HistoryEvent, type Scheduled } from './protocol.ts';

/** What an orchestrator function is given, beside its history. */
export interface TriggerInput {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  /** JSON text. */
  readonly input: string | null;
  /** The whole history as JSON, without brackets. */
  readonly history: string;
  readonly isReplaying: boolean;
}

/** The highest protocol that the extension offers; the library's own names for them are V1 to V4. */
export type Schema = 0 | 1 | 2 | 3;

/** The JSON text that the trigger hands over. https://github.com/Azure/azure-functions-durable-extension, OrchestrationTriggerAttributeBindingProvider.cs */
export function triggerText({ history, input, ...rest }: TriggerInput, schema: Schema): string {
  const versions = { upperSchemaVersion: Math.min(schema, 1), upperSchemaVersionNew: schema };
  const fixed = JSON.stringify({ ...rest, ...versions, ...DURATIONS });
  return `{"history":[${history}],"input":${input ?? 'null'},${fixed.slice(1)}`;
}

const DURATIONS = {
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: `${LONGEST_TIMER / 86_400_000}.00:00:00`,
  // The name is spelled so.
  defaultHttpAsyncRequestSleepTimeMillseconds: HTTP_POLL,
};

/** How an execution goes on after an episode. */
export type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'completed'; readonly output: Json }
  | { readonly kind: 'failed'; readonly reason: string; readonly details: string }
  | { readonly kind: 'continued'; readonly input: string | null };

export interface Decision {
  readonly scheduled: readonly Scheduled[];
  /** Timers that need not ring any more. */
  readonly cancelled: readonly number[];
  readonly outcome: Outcome;
  readonly customStatus?: Json;
}

/**
 * What follows from an answer: pure, but for the books that it continues.
 *
 * @param unread the events since the books were last written, those of this episode too
 */
export function decide(
  name: string,
  ledger: Ledger,
  unread: readonly HistoryEvent[],
  answer: Answer,
  now: string,
): Decision {
  const status = answer.customStatus === undefined ? {} : { customStatus: answer.customStatus };
  try {
    // Code that fell over before it could say what it wants tells nothing about the history.
    if (answer.error !== undefined && answer.actions.length === 0) return { ...none(failed(name, answer)), ...status };
    ledger.read(unread, answer.actions);
    return { ...ledger.schedule(now), outcome: ledger.idle() ? ended(name, answer) : { kind: 'running' }, ...status };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return none({ kind: 'failed', reason: thrown.message, details: thrown.name });
  }
}

function none(outcome: Outcome): Decision {
  return { scheduled: [], cancelled: [], outcome };
}

function failed(name: string, { error = '', stack = '' }: Answer): Outcome {
  const details = `Message: ${error}, StackTrace: ${stack}`;
  return { kind: 'failed', reason: `Orchestrator function '${name}' failed: ${error}`, details };
}

/** The framework ends an execution when all its tasks have ended, however long its function has returned. */
function ended(name: string, answer: Answer): Outcome {
  if (answer.error !== undefined) return failed(name, answer);
  const again = answer.actions.find(isContinue);
  if (again !== undefined) return { kind: 'continued', input: inputText(again.input) };
  return answer.isDone ? { kind: 'completed', output: answer.output } : { kind: 'running' };
}

type ContinueAsNew = Extract<Action, { actionType: typeof ACTION.ContinueAsNew }>;

function isContinue(action: Action): action is ContinueAsNew {
  return action.actionType === ACTION.ContinueAsNew;
}

function inputText(input: Json | undefined): string | null {
  return input === undefined || input === null ? null : typeof input === 'string' ? input : JSON.stringify(input);
}
