import type { App } from '../../core/app.ts';
import { Failure } from '../../core/error.ts';
import { canonical, exceeds, type Json } from '../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { pad } from '../../core/workflow/evaluate.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';
import { eventDataOf, inputOf } from '../../core/workflow/requests.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import { idleClock } from '../../handlers/aws/sandbox/states/idle-clock.ts';
import { stopQueuedItems } from '../../handlers/aws/sandbox/states/interpreter.ts';
import { lambdaError, runMachine } from '../../handlers/aws/sandbox/states/machine-run.ts';
import {
  compile,
  type Definition,
  errorOf,
  performControl,
  performStep,
  StateError,
  type StepPayload,
  startInput,
  type WaitPayload,
} from '../../handlers/aws/workflow/index.ts';
import type { Outcome, Room, StepCall } from '../conformance/semantics/room.ts';

stopQueuedItems();

interface Run {
  readonly workflow: Workflow;
  readonly input: Json;
  readonly calls: StepCall[];
  readonly attempts: Map<string, number>;
  readonly inbox: Map<string, Json[]>;
  readonly waiting: Map<string, (data: Json) => void>;
  readonly controller: AbortController;
  readonly ended: PromiseWithResolvers<Outcome>;
  abort: () => void;
  status: 'running' | 'over' | 'cancelled';
}

export interface AslRoomOptions {
  /** What is run for a workflow. @default what `compile` makes of it */
  definitionOf?(workflow: Workflow): Definition;
}

export const ARNS = {
  arn: (step: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${step.replace(/\W/g, '-')}`,
  control: 'arn:aws:lambda:eu-west-1:123456789012:function:skein-control',
};

export function compiled(workflow: Workflow): Definition {
  return compile(workflow, ARNS).asl;
}

/** A room over compiled state machines, run by aws-local-stepfunctions; steps run here, and waiting costs no time. */
export async function open(app: App, { definitionOf = compiled }: AslRoomOptions = {}): Promise<Room> {
  const runs = new Map<string, Run>();
  const claims = new Map<string, string>();
  const machines = new Map(app.workflows.map((one) => [one, definitionOf(one)] as const));
  const clock = idleClock();
  const surroundings: Surroundings = {
    client: ({ kind, name }) => refuse('NotFound', `this room has no ${kind} '${name}'`),
    claims: {
      put: async (key, text) => void claims.set(key, text),
      get: async (key) => claims.get(key),
    },
    log: () => undefined,
  };

  const step = async (run: Run, payload: StepPayload): Promise<Json> => {
    const definition = run.workflow.steps.get(payload.step);
    if (definition === undefined) throw new Error(`no code for step '${payload.step}'`);
    const { key, timeout } = payload;
    // The library has no `$$.State.RetryCount`: a key is one call, so that its attempts can be counted.
    const attempt = (run.attempts.get(key) ?? 0) + 1;
    run.attempts.set(key, attempt);
    run.calls.push({ step: payload.step, key, input: structuredClone(payload.input) });
    const own = new AbortController();
    const late = Promise.withResolvers<never>();
    const off = clock.in(timeout, () => {
      own.abort(new Error('timeout'));
      late.reject(Object.assign(new Error(''), { name: 'States.Timeout' }));
    });
    try {
      const signal = AbortSignal.any([run.controller.signal, own.signal]);
      const result = performStep(definition, { ...payload, attempt }, surroundings, signal);
      result.catch(() => undefined);
      return await clock.busy(Promise.race([result, late.promise]));
    } finally {
      off();
    }
  };

  const wait = (run: Run, { event, reads = [] }: WaitPayload, timeout: number | undefined): Promise<Json> | Json => {
    const kept = run.inbox.get(event)?.shift();
    if (kept !== undefined) return pad(kept, reads);
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    run.waiting.set(event, (data) => resolve(pad(data, reads)));
    const off = clock.in(timeout, () => reject(Object.assign(new Error(''), { name: 'States.Timeout' })));
    return promise.finally(() => {
      off();
      run.waiting.delete(event);
    });
  };

  const advance = async (id: string, run: Run): Promise<void> => {
    const definition = machines.get(run.workflow) as Definition;
    const execution = runMachine(definition, {
      name: id,
      input: startInput(run.workflow.ir, run.input),
      handlers: {
        step: (payload) => asCause(step(run, payload)),
        control: (payload) => asCause(Promise.resolve().then(() => performControl(payload))),
        wait: async (payload, timeout) => wait(run, payload, timeout),
      },
    });
    run.abort = execution.abort;
    const end = await execution.ended;
    if (run.status === 'running') finish(run, 'over', 'output' in end ? end : { error: errorOf(end.error, end.cause) });
  };

  const finish = (run: Run, status: 'over' | 'cancelled', outcome: Outcome): void => {
    run.status = status;
    run.ended.resolve(outcome);
  };
  const find = (id: string): Run => runs.get(id) ?? refuse('NotFound', `no run '${id}'`);

  return {
    async start(name: string, given: Json, { id = crypto.randomUUID() }: { readonly id?: string } = {}) {
      const workflow = app.workflows.find((one) => one.name === name) ?? refuse('NotFound', `no workflow '${name}'`);
      const input = await inputOf(workflow, given);
      if (exceeds(input, PAYLOAD_LIMIT)) refuse('PayloadTooLarge', 'input');
      const known = runs.get(id);
      if (known !== undefined) {
        if (known.workflow === workflow && canonical(known.input) === canonical(input)) return { id };
        refuse('Conflict', `run '${id}' has another input`);
      }
      const run: Run = {
        ...{ workflow, input, calls: [], attempts: new Map(), inbox: new Map(), waiting: new Map() },
        ...{ controller: new AbortController(), ended: Promise.withResolvers<Outcome>() },
        ...{ abort: () => undefined, status: 'running' },
      };
      runs.set(id, run);
      run.ended.promise.catch(() => undefined);
      advance(id, run).catch((error: unknown) => run.ended.reject(error));
      return { id };
    },
    result: async (id) => find(id).ended.promise,
    calls: async (id) => find(id).calls,
    async event(id, name, data) {
      const run = find(id);
      if (run.status !== 'running') refuse('Conflict', `run '${id}' is over`);
      const parsed = await eventDataOf(run.workflow, name, data);
      if (exceeds(parsed, PAYLOAD_LIMIT)) refuse('PayloadTooLarge', 'data');
      const taker = run.waiting.get(name);
      run.waiting.delete(name);
      if (taker !== undefined) taker(parsed);
      else run.inbox.set(name, [...(run.inbox.get(name) ?? []), parsed]);
    },
    async cancel(id) {
      const run = find(id);
      if (run.status === 'cancelled') return;
      if (run.status === 'over') refuse('Conflict', `run '${id}' is over`);
      finish(run, 'cancelled', { error: { name: 'Cancelled', message: 'the run was cancelled' } });
      run.abort();
      run.controller.abort(new Error('cancelled'));
    },
    async close() {
      for (const run of runs.values()) {
        run.abort();
        run.controller.abort(new Error('closed'));
      }
      clock.stop();
    },
  };
}

async function asCause<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof StateError ? lambdaError(error) : error;
  }
}

function refuse(name: string, message: string): never {
  throw new Failure({ name, message });
}
