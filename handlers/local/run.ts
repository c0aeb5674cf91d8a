import { Failure, toErrorValue } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import { onAbort } from '../../core/on-abort.ts';
import type { RunSpans } from '../../core/telemetry/run-spans.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { drive, type Ports } from '../../core/workflow/drive.ts';
import type { Call } from '../../core/workflow/invoke.ts';
import type { WorkflowIR } from '../../core/workflow/ir.ts';
import { plannedCalls } from '../../core/workflow/progress.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import { type EventEffect, type TaskEffect, walk } from '../../core/workflow/walk.ts';
import type { Clock } from './clock.ts';
import type { EntryKind } from './journal.ts';
import type { Event, Recording } from './recording.ts';

/** Why a run stops being driven without being over. No workflow ever sees it; the run goes on from its journal later. */
export class Halt extends Error {
  override readonly name = 'Halt' as const;
  readonly reason: 'closing' | 'cancelled' | 'unavailable' | 'parked';
  constructor(reason: Halt['reason'], message: string = reason) {
    super(message);
    this.reason = reason;
  }
}

/** What a run needs of the engine. */
export interface RunHost {
  readonly clock: Clock;
  step(workflow: string, name: string): StepDefinition | undefined;
  /** Runs one attempt; settles when the step's code has. */
  execute(definition: StepDefinition, call: Call, signal: AbortSignal): Promise<Json>;
}

export interface RunParts {
  readonly id: string;
  readonly ir: WorkflowIR;
  readonly input: Json;
  readonly recording: Recording;
  readonly host: RunHost;
  /** Resolves when the entry is on disk. */
  append(kind: EntryKind, key: string, body: unknown): Promise<void>;
  /** Told of each attempt that failed, and of its span where it has one. */
  attemptFailed(effect: TaskEffect, error: Failure, trace: string | undefined): void;
  /** @default none, and no work for them */
  readonly spans?: RunSpans | undefined;
}

export type Run = ReturnType<typeof makeRun>;

/** One run in this process: drives its walk over the journal's record of it, and records what is new. */
export function makeRun({ id, ir, input, recording, host, append, attemptFailed, spans }: RunParts) {
  const controller = new AbortController();
  let draining = false;
  const waiting = new Map<string, (event: Event) => void>();
  let done = 0;
  let touched: number | undefined;
  let planned = plannedCalls(ir.body);

  const record = async (kind: EntryKind, key: string, body: unknown): Promise<void> => {
    try {
      await append(kind, key, body);
      touched = host.clock.now();
    } catch (error) {
      throw new Halt('unavailable', String(error));
    }
  };

  const ports: Ports = {
    limit: PAYLOAD_LIMIT,

    task(effect, signal) {
      const known = recording.done.get(effect.slot);
      if (known === undefined) {
        if (draining) return halted(signal);
        return perform(effect, signal);
      }
      if ('error' in known) throw new Failure(known.error);
      done++;
      return known.output;
    },

    sleep(effect, signal) {
      const due = dueOf(effect.slot, effect.seconds);
      return due <= host.clock.now() ? undefined : until(due, signal);
    },

    event(effect, signal) {
      const known = recording.took.get(effect.slot);
      if (known !== undefined) return known === null ? timedOut(effect) : known.data;
      return take(effect, signal);
    },

    opened(effect) {
      const known = recording.fans.get(effect.slot);
      if (known !== undefined) return new Failure(known.error, known.final);
      if (effect.node.kind === 'map') planned += effect.size * plannedCalls(effect.node.body);
      return undefined;
    },

    failed: (effect, failure) => record('fan', effect.slot, { error: toErrorValue(failure), final: failure.final }),
  };

  const perform = async (effect: TaskEffect, signal: AbortSignal): Promise<Json> => {
    const { key, slot, attempt, node } = effect;
    const definition = host.step(ir.name, node.step);
    if (definition === undefined) throw new Halt('parked', `step '${node.step}' is not in the app any more`);
    const span = spans?.attempt(effect);
    const plain: Call = { run: id, key, attempt, input: structuredClone(effect.input), large: node.large ?? false };
    const call = span === undefined ? plain : { ...plain, trace: span.traceparent };
    // Not awaited: it is for those who watch, and shares the transaction of whatever comes next.
    append('start', slot, { step: node.step, input: effect.input }).catch(() => undefined);
    try {
      const output = await bounded(definition, call, node.timeout, signal);
      await record('done', slot, { output });
      span?.succeeded();
      done++;
      return output;
    } catch (error) {
      span?.failed(error, signal.aborted);
      if (!(error instanceof Failure)) throw error;
      if (!signal.aborted) attemptFailed(effect, error, span?.traceparent);
      await record('done', slot, { error: toErrorValue(error) });
      throw error;
    }
  };

  /** The attempt's result, or the first of its timeout and the run's end: code that ignores its signal holds up neither. */
  const bounded = async (
    definition: StepDefinition,
    call: Call,
    timeout: number | undefined,
    signal: AbortSignal,
  ): Promise<Json> => {
    const own = timeout === undefined ? undefined : new AbortController();
    const result = host.execute(definition, call, own === undefined ? signal : AbortSignal.any([signal, own.signal]));
    const { promise: cut, reject } = Promise.withResolvers<never>();
    const clear =
      timeout === undefined
        ? undefined
        : host.clock.at(host.clock.now() + timeout * 1000, () => {
            const failure = new Failure({ name: 'Timeout', message: `${call.key} took longer than ${timeout} s` });
            own?.abort(failure);
            reject(failure);
          });
    const off = onAbort(controller.signal, () => reject(controller.signal.reason));
    try {
      return await Promise.race([result, cut]);
    } finally {
      clear?.();
      off();
      // Whoever lost the race has nobody left to listen.
      result.catch(() => undefined);
      cut.catch(() => undefined);
    }
  };

  /** Rejects when the run is halted: what may not start any more waits for that, so that the steps beside it run on. */
  const halted = (signal: AbortSignal): Promise<never> => {
    const { promise, reject } = Promise.withResolvers<never>();
    onAbort(signal, () => reject(signal.reason));
    return promise;
  };

  const dueOf = (slot: string, seconds: number): number => {
    const known = recording.timers.get(slot);
    if (known !== undefined) return known;
    const due = host.clock.now() + seconds * 1000;
    // Lost in a crash the timer starts again: later than asked for, never earlier.
    append('timer', slot, { due }).catch(() => undefined);
    return due;
  };

  const until = (due: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const clear = host.clock.at(due, resolve);
    const off = onAbort(signal, () => reject(signal.reason));
    return promise.finally(() => {
      clear();
      off();
    });
  };

  const take = async (effect: EventEffect, signal: AbortSignal): Promise<Json> => {
    const { event: name, timeout } = effect.node;
    let event = recording.inbox.get(name)?.shift();
    if (event === undefined) {
      const arrival = Promise.withResolvers<Event | undefined>();
      const ended = new AbortController();
      const due = timeout === undefined ? undefined : dueOf(effect.slot, timeout);
      const off = onAbort(signal, () => arrival.reject(signal.reason));
      waiting.set(name, arrival.resolve);
      if (due !== undefined)
        until(due, ended.signal).then(
          () => arrival.resolve(undefined),
          () => undefined,
        );
      try {
        event = await arrival.promise;
      } finally {
        ended.abort();
        waiting.delete(name);
        off();
      }
    }
    await record('took', effect.slot, { event: event?.id ?? null });
    return event === undefined ? timedOut(effect) : event.data;
  };

  return {
    id,
    /** Drives the run to its output. @throws Failure: it failed. Halt: it goes on another time. */
    drive: (): Promise<Json> => drive(walk(ir, input, id), ports, controller.signal),
    /** Stops it now: what a step still does is not recorded. */
    halt: (reason: Halt): void => controller.abort(reason),
    /** Lets the steps that run end and be recorded, and starts no more. */
    drain(): void {
      draining = true;
    },
    /** Whether the run has the event of this id, taken or not. */
    has: (event: string): boolean => recording.received.has(event),
    /** Hands over an event that is on disk already. */
    deliver(name: string, event: Event): void {
      if (recording.received.has(event.id)) return;
      recording.received.add(event.id);
      const taker = waiting.get(name);
      waiting.delete(name);
      if (taker !== undefined) {
        taker(event);
        return;
      }
      const inbox = recording.inbox.get(name) ?? [];
      inbox.push(event);
      recording.inbox.set(name, inbox);
    },
    progress: (): { done: number; total: number } => ({ done, total: Math.max(planned, done) }),
    /** When something of it was recorded last by this process. */
    touched: (): number | undefined => touched,
  };
}

function timedOut(effect: EventEffect): never {
  const message = `no event '${effect.node.event}' within ${effect.node.timeout} s`;
  throw new Failure({ name: 'Timeout', message });
}
