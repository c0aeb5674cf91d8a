import type { StateMachine } from 'aws-local-stepfunctions';
import { exceeds, type Json } from '../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import {
  type Definition,
  errorOf,
  type FailPayload,
  type SleepPayload,
  type StepPayload,
  type WaitPayload,
} from '../../handlers/aws/workflow/index.ts';
import type { Outcome } from '../conformance/semantics/room.ts';

type Execution = ReturnType<StateMachine['run']>;
type State = { readonly Type: string; readonly [field: string]: Json };
type Machine = { readonly States: { readonly [name: string]: State } };

/** Every state of a definition, those of branches and items included. */
export function* statesOf(machine: unknown): Generator<[name: string, state: State]> {
  for (const [name, state] of Object.entries((machine as Machine).States)) {
    yield [name, state];
    for (const branch of (state.Branches ?? []) as Json[]) yield* statesOf(branch);
    if (state.ItemProcessor !== undefined) yield* statesOf(state.ItemProcessor);
  }
}

export interface Handlers {
  step(payload: StepPayload): Promise<Json>;
  control(payload: FailPayload | SleepPayload): Promise<Json>;
  wait(payload: WaitPayload, timeout: number | undefined): Promise<Json>;
}

/** What the library takes instead of calling Lambda and of waiting. */
export function overridesOf(definition: Definition, handlers: Handlers) {
  const taskResourceLocalHandlers: Record<string, (given: unknown) => Promise<Json>> = {};
  const waitTimeOverrides: Record<string, number> = {};
  const retryIntervalOverrides: Record<string, number> = {};
  for (const [name, state] of statesOf(definition)) {
    if (state.Type === 'Wait') waitTimeOverrides[name] = state.Seconds === undefined ? 1 : milliseconds(state.Seconds);
    if (state.Type !== 'Task') continue;
    retryIntervalOverrides[name] = 0;
    taskResourceLocalHandlers[name] = handlerOf(state, handlers);
  }
  return { taskResourceLocalHandlers, waitTimeOverrides, retryIntervalOverrides };
}

/** A long sleep is longer than a short one. */
function milliseconds(seconds: Json): number {
  return Math.min(50, Math.floor((seconds as number) / 10));
}

function handlerOf(state: State, { step, control, wait }: Handlers): (given: unknown) => Promise<Json> {
  const parameters = state.Parameters as { readonly [field: string]: Json };
  if ('Payload' in parameters)
    return (given) => wait((given as { Payload: WaitPayload }).Payload, state.TimeoutSeconds as number | undefined);
  if ('step' in parameters) return (given) => step(given as StepPayload);
  return (given) => control(given as FailPayload | SleepPayload);
}

/** Step Functions ends an execution where a state's output is too large; the library has no such quota. */
export async function fanOutLimit(execution: Execution, definition: Definition): Promise<Outcome | undefined> {
  const states = new Map(statesOf(definition));
  let found: Outcome | undefined;
  for await (const event of execution.eventLogs) {
    if (event.type !== 'StateExited' || !('state' in event)) continue;
    const { name, type, output = null } = event.state;
    if (type !== 'Map' && type !== 'Parallel') continue;
    const path = states.get(name)?.ResultPath as string | null;
    // A fan-out that failed and was caught leaves nothing there.
    const result = path === null ? undefined : at(output as Json, path);
    if (result === undefined || !exceeds(result, PAYLOAD_LIMIT)) continue;
    found ??= { error: errorOf('States.DataLimitExceeded', `the output of '${name}'`) };
    execution.abort();
  }
  return found;
}

function at(value: Json, path: string): Json | undefined {
  const keys = path.split('.').slice(1);
  return keys.reduce<Json | undefined>((inner, key) => (inner as { [key: string]: Json } | undefined)?.[key], value);
}
