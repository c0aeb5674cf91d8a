import type { App } from '../../core/app.ts';
import { Failure, toErrorValue } from '../../core/error.ts';
import { canonical, exceeds, type Json, toJson } from '../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { drive, type Ports } from '../../core/workflow/drive.ts';
import { invoke, type Surroundings } from '../../core/workflow/invoke.ts';
import { eventDataOf, inputOf } from '../../core/workflow/requests.ts';
import { type TaskEffect, walk } from '../../core/workflow/walk.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import type { Outcome, Room, StepCall } from '../conformance/semantics/room.ts';

interface Run {
  readonly workflow: Workflow;
  readonly input: Json;
  readonly calls: StepCall[];
  readonly inbox: Map<string, Json[]>;
  readonly waiting: Map<string, (data: Json) => void>;
  readonly controller: AbortController;
  readonly ended: PromiseWithResolvers<Outcome>;
  status: 'running' | 'over' | 'cancelled';
}

/**
 * The least that is a room: core's walk and drive over plain maps. Nothing outlives the object, there is no HTTP and no
 * resource, and waiting costs no time: the clock jumps to the next alarm as soon as nothing else happens.
 */
export async function open(app: App): Promise<Room> {
  const runs = new Map<string, Run>();
  const claims = new Map<string, string>();
  const clock = skippingClock();
  const surroundings: Surroundings = {
    client: ({ kind, name }) => refuse('NotFound', `the memory room has no ${kind} '${name}'`),
    claims: {
      put: async (key, text) => void claims.set(key, text),
      get: async (key) => claims.get(key),
    },
    log: () => undefined,
  };

  const perform = async (id: string, run: Run, effect: TaskEffect, signal: AbortSignal): Promise<Json> => {
    const { node, key, attempt, input } = effect;
    const definition = run.workflow.steps.get(node.step);
    if (definition === undefined) throw new Error(`no code for step '${node.step}'`);
    run.calls.push({ step: node.step, key, input: structuredClone(input) });
    const call = { run: id, key, attempt, input: structuredClone(input), large: node.large ?? false };
    const own = new AbortController();
    const cut = Promise.withResolvers<never>();
    const late = new Failure({ name: 'Timeout', message: `${key} took longer than ${node.timeout} s` });
    const off = clock.in(node.timeout, () => {
      own.abort(late);
      cut.reject(late);
    });
    const stop = (): void => cut.reject(run.controller.signal.reason);
    run.controller.signal.addEventListener('abort', stop, { once: true });
    clock.busy(1);
    try {
      const result = invoke(definition, call, surroundings, AbortSignal.any([signal, own.signal]));
      result.catch(() => undefined);
      return await Promise.race([result, cut.promise]);
    } finally {
      clock.busy(-1);
      off();
      run.controller.signal.removeEventListener('abort', stop);
    }
  };

  const portsOf = (id: string, run: Run): Ports => ({
    limit: PAYLOAD_LIMIT,
    task: (effect, signal) => perform(id, run, effect, signal),
    sleep: ({ seconds }, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const off = clock.in(seconds, resolve);
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      return promise.finally(() => {
        off();
        signal.removeEventListener('abort', stop);
      });
    },
    event: ({ node }, signal) => {
      const kept = run.inbox.get(node.event)?.shift();
      if (kept !== undefined) return kept;
      const { promise, resolve, reject } = Promise.withResolvers<Json>();
      run.waiting.set(node.event, resolve);
      const message = `no event '${node.event}' within ${node.timeout} s`;
      const off = clock.in(node.timeout, () => reject(new Failure({ name: 'Timeout', message })));
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      return promise.finally(() => {
        off();
        run.waiting.delete(node.event);
        signal.removeEventListener('abort', stop);
      });
    },
    opened: () => undefined,
    failed: () => undefined,
  });

  const advance = async (id: string, run: Run): Promise<void> => {
    let outcome: Outcome;
    try {
      outcome = {
        output: toJson(await drive(walk(run.workflow.ir, run.input, id), portsOf(id, run), run.controller.signal)),
      };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      outcome = { error: toErrorValue(error) };
    }
    if (run.status === 'running') finish(run, 'over', outcome);
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
        workflow,
        input,
        calls: [],
        inbox: new Map(),
        waiting: new Map(),
        controller: new AbortController(),
        ended: Promise.withResolvers<Outcome>(),
        status: 'running',
      };
      runs.set(id, run);
      // Nobody may be listening yet; whoever asks for the result still gets the rejection.
      run.ended.promise.catch(() => undefined);
      advance(id, run).catch((error: unknown) => run.ended.reject(error));
      return { id };
    },
    result: async (id: string): Promise<Outcome> => find(id).ended.promise,
    calls: async (id: string): Promise<readonly StepCall[]> => find(id).calls,
    async event(id: string, name: string, data: Json): Promise<void> {
      const run = find(id);
      if (run.status !== 'running') refuse('Conflict', `run '${id}' is over`);
      const parsed = await eventDataOf(run.workflow, name, data);
      if (exceeds(parsed, PAYLOAD_LIMIT)) refuse('PayloadTooLarge', 'data');
      const taker = run.waiting.get(name);
      run.waiting.delete(name);
      if (taker !== undefined) taker(parsed);
      else run.inbox.set(name, [...(run.inbox.get(name) ?? []), parsed]);
    },
    async cancel(id: string): Promise<void> {
      const run = find(id);
      if (run.status === 'cancelled') return;
      if (run.status === 'over') refuse('Conflict', `run '${id}' is over`);
      finish(run, 'cancelled', { error: { name: 'Cancelled', message: 'the run was cancelled' } });
      run.controller.abort(new Error('cancelled'));
    },
    now: clock.now,
    async close(): Promise<void> {
      for (const run of runs.values()) run.controller.abort(new Error('closed'));
    },
  };
}

function refuse(name: string, message: string): never {
  throw new Failure({ name, message });
}

function skippingClock() {
  const alarms = new Set<{ readonly due: number; readonly ring: () => void }>();
  let now = 0;
  let working = 0;
  let armed = false;
  const jump = (): void => {
    armed = false;
    if (alarms.size === 0) return;
    now = Math.min(...[...alarms].map((alarm) => alarm.due));
    for (const alarm of [...alarms]) if (alarm.due <= now && alarms.delete(alarm)) alarm.ring();
    arm();
  };
  const arm = (): void => {
    if (armed || alarms.size === 0) return;
    armed = true;
    // A step at work may be about to end, which time must not overtake; else the turn of the event loop is enough.
    if (working > 0) setTimeout(jump, 1);
    else setImmediate(jump);
  };
  return {
    busy(change: 1 | -1): void {
      working += change;
    },
    now: () => now,
    /** Rings after so many seconds, never where there are none; the returned function calls it off. */
    in(seconds: number | undefined, ring: () => void): () => void {
      if (seconds === undefined) return () => undefined;
      const alarm = { due: now + seconds, ring };
      alarms.add(alarm);
      arm();
      return () => alarms.delete(alarm);
    },
  };
}
