import { randomUUID } from 'node:crypto';
import type { Json } from '../../../../core/json.ts';
import type { Definition, StepPayload, WaitPayload } from '../../workflow/index.ts';
import { at, type Ended, lambdaError, type MachineEvent, runMachine, statesOf } from './machine-run.ts';

/** The functions that machines call: handlers of Lambda. */
export interface Functions {
  /** @param arn the function's. */
  step(machine: string, payload: StepPayload, arn: string): Promise<unknown>;
  control(payload: unknown, arn: string): Promise<unknown>;
}

/** How time passes for executions. */
export interface MachineTime {
  /** Whether waits and the delays of retries pass at once. */
  readonly jumps: boolean;
  /** Rings after so many seconds, or never. @returns puts the alarm off. */
  in(seconds: number | undefined, ring: () => void): () => void;
}

interface Waiting {
  succeed(output: Json): void;
  fail(error: string, cause: string): void;
}

export interface Execution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly input: string;
  /** Seconds since 1970, as the protocol has it. */
  readonly startDate: number;
  readonly stopDate: number | undefined;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  /** `output`, or `error` and `cause`. */
  readonly ending: object;
  readonly events: readonly object[];
  readonly tokens: ReadonlyMap<string, Waiting | 'over'>;
  /** How many states it has entered, and how often one was tried again: what Step Functions bills. */
  readonly transitions: number;
  stop(words: { error?: string; cause?: string }): void;
}

export interface ExecutionParts extends Pick<Execution, 'arn' | 'machine' | 'name' | 'input'> {
  readonly definition: Definition;
  readonly functions: Functions;
  readonly time: MachineTime;
  /** Told when it is over. */
  onEnd?(execution: Execution): void;
}

const seconds = (): number => Date.now() / 1000;

/** One execution, with the part of its history that runs are read from, as AWS names it. */
export function startExecution({ definition, functions, time, onEnd, ...own }: ExecutionParts): Execution {
  const states = new Map(statesOf(definition));
  const events: object[] = [];
  const attempts = new Map<string, number>();
  const tokens = new Map<string, Waiting | 'over'>();
  const made = {
    ...{ ...own, events, tokens, startDate: seconds() },
    stopDate: undefined as number | undefined,
    status: 'RUNNING' as Execution['status'],
    ending: {} as object,
    transitions: 0,
    stop(words: { error?: string; cause?: string }): void {
      if (made.status !== 'RUNNING') return;
      end('ABORTED', words);
      run.abort();
    },
  };

  const note = (type: string, previousEventId: number, details: object = {}): number => {
    const id = events.length + 1;
    if (made.status === 'RUNNING') events.push({ id, previousEventId, timestamp: seconds(), type, ...details });
    return id;
  };
  const end = (status: Execution['status'], ending: object): void => {
    Object.assign(made, { status, ending, stopDate: seconds() });
    for (const token of tokens.keys()) tokens.set(token, 'over');
    onEnd?.(made);
  };

  /** What comes back from Lambda has been through JSON. */
  const called = async (work: Promise<unknown>): Promise<Json> => {
    try {
      return JSON.parse(JSON.stringify((await work) ?? null)) as Json;
    } catch (error) {
      throw lambdaError(error);
    }
  };
  const invoked = async (payload: object, call: (given: unknown) => Promise<unknown>): Promise<Json> => {
    const input = JSON.stringify(payload);
    const scheduled = note('LambdaFunctionScheduled', events.length, {
      lambdaFunctionScheduledEventDetails: { resource: 'arn:aws:lambda', input },
    });
    const started = note('LambdaFunctionStarted', scheduled);
    try {
      const output = await called(call(JSON.parse(input)));
      const details = { output: JSON.stringify(output) };
      note('LambdaFunctionSucceeded', started, { lambdaFunctionSucceededEventDetails: details });
      return output;
    } catch (error) {
      const { name, message } = error as Error;
      note('LambdaFunctionFailed', started, { lambdaFunctionFailedEventDetails: { error: name, cause: message } });
      throw error;
    }
  };

  /** A task that is over when somebody says so who has its token. */
  const waited = async (payload: WaitPayload, timeout: number | undefined, arn: string): Promise<Json> => {
    const token = randomUUID();
    const Payload = { ...payload, token };
    const scheduled = note('TaskScheduled', events.length, {
      taskScheduledEventDetails: { parameters: JSON.stringify({ FunctionName: 'control', Payload }) },
    });
    const started = note('TaskStarted', scheduled);
    const ended = Promise.withResolvers<Json>();
    const over = (type: string, error: string, cause: string): void => {
      tokens.set(token, 'over');
      note(type, started);
      ended.reject(Object.assign(new Error(cause), { name: error }));
    };
    tokens.set(token, {
      succeed(output) {
        tokens.set(token, 'over');
        note('TaskSucceeded', started);
        ended.resolve(output);
      },
      fail: (error, cause) => over('TaskFailed', error, cause),
    });
    const off = time.in(timeout, () => over('TaskTimedOut', 'States.Timeout', ''));
    called(functions.control(structuredClone(Payload), arn)).catch((error: Error) => {
      if (tokens.get(token) !== 'over') over('TaskFailed', error.name, error.message);
    });
    return ended.promise.finally(off);
  };

  const onEvent = (event: MachineEvent): void => {
    if (event.type !== 'StateEntered' || !('state' in event)) return;
    made.transitions++;
    if (event.state.type !== 'Map') return;
    const { name, input } = event.state;
    const entered = note('MapStateEntered', events.length, { stateEnteredEventDetails: { name } });
    const items = at(input as Json, String(states.get(name)?.ItemsPath));
    note('MapStateStarted', entered, {
      mapStateStartedEventDetails: { length: Array.isArray(items) ? items.length : 0 },
    });
  };

  const run = runMachine(definition, {
    name: own.name,
    input: JSON.parse(own.input) as Json,
    onEvent,
    jumps: time.jumps,
    handlers: {
      step(payload, arn) {
        // The library has no `$$.State.RetryCount`: a key is one call, so that its attempts can be counted.
        const attempt = (attempts.get(payload.key) ?? 0) + 1;
        attempts.set(payload.key, attempt);
        if (attempt > 1) made.transitions++;
        return invoked({ ...payload, attempt }, (given) => functions.step(own.machine, given as StepPayload, arn));
      },
      control: (payload, arn) => invoked(payload, (given) => functions.control(given, arn)),
      wait: waited,
    },
  });
  const finished = (ended: Ended): void => {
    if (made.status !== 'RUNNING') return;
    if ('output' in ended) end('SUCCEEDED', { output: JSON.stringify(ended.output) });
    else end('FAILED', ended);
  };
  run.ended.then(finished, (error: unknown) => finished({ error: 'Broken', cause: String(error) }));
  return made;
}
