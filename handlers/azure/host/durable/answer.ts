import type { Json } from '../../../../core/json.ts';
import { ACTION, type Action } from './protocol.ts';

/** What an orchestrator function answered to a history. */
export interface Answer {
  readonly isDone: boolean;
  /** One action for each yield since the beginning, in their order. */
  readonly actions: readonly Action[];
  readonly output: Json;
  readonly customStatus?: Json;
  readonly error?: string;
  /** Where it was thrown. */
  readonly stack?: string;
}

/** The call did not get an answer: the code is not to blame and is asked again. */
export const WORKER_GONE = 'WorkerGone';

const MARK = '$OutOfProcData$:';

interface State {
  readonly isDone?: boolean;
  readonly actions?: readonly (readonly Action[])[];
  readonly output?: Json;
  readonly customStatus?: Json;
  readonly error?: string;
  /** 0 and absent is V1: one list of actions a yield, with what `Task.all` and `Task.any` hold flattened into it. */
  readonly schemaVersion?: number | string;
}

/** Reads the state object that the library returned, as an object or as its JSON text. */
export function readAnswer(returned: unknown): Answer {
  const state = (typeof returned === 'string' ? JSON.parse(returned) : returned) as State | null | undefined;
  if (typeof state !== 'object' || state === null || !Array.isArray(state.actions))
    return failed('the function returned no orchestrator state; is it a generator (function*) registered by df.app?');
  return {
    isDone: state.isDone === true,
    actions: actionsOf(state),
    output: state.output ?? null,
    ...(state.customStatus === undefined || state.customStatus === null ? {} : { customStatus: state.customStatus }),
    ...(state.error === undefined || state.error === '' ? {} : { error: state.error }),
  };
}

/** Reads what the function threw: the library puts its state behind a mark into the message. */
export function readThrown(thrown: unknown): Answer {
  const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const at = message.indexOf(MARK);
  if (at < 0) return { ...failed(message), ...(stack === undefined ? {} : { stack }) };
  const answer = readAnswer(message.slice(at + MARK.length));
  return { ...answer, error: answer.error ?? '', ...(stack === undefined ? {} : { stack }) };
}

function failed(error: string): Answer {
  return { isDone: false, actions: [], output: null, error };
}

function actionsOf({ actions = [], schemaVersion = 0 }: State): readonly Action[] {
  if (schemaVersion !== 0 && schemaVersion !== 'Original') return actions[0] ?? [];
  // The extension waits for any of the actions of one list.
  return actions.flatMap((list) =>
    list.length === 1 ? list : [{ actionType: ACTION.WhenAny, compoundActions: list } as const],
  );
}
