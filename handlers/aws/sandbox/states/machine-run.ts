import { type ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { exceeds, type Json, toJson } from '../../../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../../../core/workflow/caps.ts';
import type { Definition, FailPayload, SleepPayload, StepPayload, WaitPayload } from '../../workflow/index.ts';
import { inItsDialect } from './interpreter.ts';

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

/** What states do; `arn` is that of the function which a state names. */
export interface Handlers {
  step(payload: StepPayload, arn: string): Promise<Json>;
  control(payload: FailPayload | SleepPayload, arn: string): Promise<Json>;
  wait(payload: WaitPayload, timeout: number | undefined, arn: string): Promise<Json>;
}

/** Ends the execution because of what is over the quota of Step Functions. */
type TooLarge = (what: string) => void;

/** What the library takes instead of calling Lambda and, where time jumps, of waiting. */
function overridesOf(definition: Definition, handlers: Handlers, jumps: boolean, tooLarge: TooLarge) {
  const taskResourceLocalHandlers: Record<string, (given: unknown) => Promise<Json>> = {};
  const waitTimeOverrides: Record<string, number> = {};
  const retryIntervalOverrides: Record<string, number> = {};
  for (const [name, state] of statesOf(definition)) {
    if (state.Type === 'Wait' && jumps)
      waitTimeOverrides[name] = state.Seconds === undefined ? 1 : milliseconds(state.Seconds);
    if (state.Type !== 'Task') continue;
    if (jumps) retryIntervalOverrides[name] = 0;
    const handle = handlerOf(state, handlers);
    taskResourceLocalHandlers[name] = async (given) => {
      const { input = null } = given as { readonly input?: Json };
      if (!exceeds(input, PAYLOAD_LIMIT)) return handle(given);
      tooLarge(`the input of '${name}'`);
      return null;
    };
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
    return (given) =>
      wait(
        (given as { Payload: WaitPayload }).Payload,
        state.TimeoutSeconds as number | undefined,
        String(parameters.FunctionName),
      );
  const arn = String(state.Resource);
  if ('step' in parameters) return (given) => step(given as StepPayload, arn);
  return (given) => control(given as FailPayload | SleepPayload, arn);
}

/** How an execution ended, in the words of Step Functions. */
export type Ended = { readonly output: Json } | { readonly error: string; readonly cause: string };
export type MachineEvent = Execution['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

export interface MachineRun {
  readonly name: string;
  readonly input: Json;
  readonly handlers: Handlers;
  /** Whether waits and the delays of retries pass at once. @default true */
  readonly jumps?: boolean;
  /** Told of each event of the library's own history. */
  onEvent?(event: MachineEvent): void;
}

/** Runs a definition on aws-local-stepfunctions. */
export function runMachine(definition: Definition, { name, input, handlers, jumps = true, onEvent }: MachineRun) {
  const machine = new StateMachine(inItsDialect(definition as never) as never, {
    validationOptions: { noValidate: true },
  });
  let over: Ended | undefined;
  const tooLarge: TooLarge = (cause) => {
    over ??= { error: 'States.DataLimitExceeded', cause };
    execution.abort();
  };
  const execution = machine.run(input, {
    // Fixed here: what AWS fills in for each state.
    context: { Execution: { Name: name }, State: { RetryCount: 0 }, Task: { Token: 'token' } } as never,
    overrides: overridesOf(definition, handlers, jumps, tooLarge),
  });
  const result = execution.result.then(
    (given: unknown): Ended => {
      const output = toJson(given);
      if (exceeds(output, PAYLOAD_LIMIT)) tooLarge('the output');
      return { output };
    },
    (thrown: unknown): Ended => {
      const { name: error, message: cause } = ((thrown as ExecutionError).cause ?? thrown) as Error;
      return { error, cause };
    },
  );
  const followed = follow(execution, definition, { tooLarge, ...(onEvent && { onEvent }) });
  const ended = Promise.all([result, followed]).then(([end]) => over ?? end);
  return { abort: execution.abort, ended };
}

/** What Lambda makes of an error that a function throws: its name, and a cause that is JSON. */
export function lambdaError(thrown: unknown): Error {
  const { name, message } = thrown as Error;
  const cause = JSON.stringify({ errorType: name, errorMessage: message, trace: [''] });
  return Object.assign(new Error(cause), { name });
}

/** Step Functions ends an execution where a state's output is too large; the library has no such quota. */
async function follow(
  execution: Execution,
  definition: Definition,
  { tooLarge, onEvent }: { readonly tooLarge: TooLarge } & Pick<MachineRun, 'onEvent'>,
): Promise<void> {
  const states = new Map(statesOf(definition));
  for await (const event of execution.eventLogs) {
    onEvent?.(event);
    if (event.type !== 'StateExited' || !('state' in event)) continue;
    const { name, type, output = null } = event.state;
    if (type !== 'Map' && type !== 'Parallel') continue;
    const { OutputPath, ResultPath } = states.get(name) as State;
    // The last state of a machine gives out its result alone; a fan-out that failed and was caught leaves nothing there.
    const result = OutputPath === undefined ? at(output as Json, ResultPath as string | null) : (output as Json);
    if (result !== undefined && exceeds(result, PAYLOAD_LIMIT)) tooLarge(`the output of '${name}'`);
  }
}

/** The value at a path of names; none at the path of a result that is dropped. */
export function at(value: Json, path: string | null): Json | undefined {
  if (path === null) return undefined;
  const keys = path.split('.').slice(1);
  return keys.reduce<Json | undefined>((inner, key) => (inner as { [key: string]: Json } | undefined)?.[key], value);
}
