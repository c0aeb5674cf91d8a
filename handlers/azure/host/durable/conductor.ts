import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { type Decision, decide, type Schema, triggerText } from './episode.ts';
import type { HistoryRecord } from './history-store.ts';
import type { Hub } from './hub.ts';
import { insist, PAUSE } from './insist.ts';
import { apply, forget, type Inbound, type Instance, isNews, isOver } from './instance.ts';
import { ask, isKnown, isWorkerGone, lastWords, missing, WORKER_TRIES } from './invoker.ts';
import { openLedger } from './ledger.ts';
import { slots } from './limits.ts';
import { type Control, EVENT, envelope, type HistoryEvent, type Message, type Scheduled } from './protocol.ts';

export interface ConductorOptions {
  readonly hub: Hub;
  readonly schema: Schema;
  readonly maxConcurrentOrchestratorFunctions: number;
  readonly perform: (instance: Instance, event: Scheduled) => void;
  /** Called when an instance is over. */
  readonly over: (instance: Instance) => void;
  /** Reads an instance again from its store, as after the death of a host. */
  readonly revive: (instance: Instance) => Promise<void>;
}

export interface Conductor {
  /** Has the instance look into its inbox, if it does not do so already. */
  wake(instance: Instance): void;
  /** Resolves when no episode goes on. */
  idle(): Promise<void>;
}

type Episode = Extract<HistoryRecord, { kind: 'episode' }>;

const ENDED = { completed: 'Completed', failed: 'Failed' } as const;
const CONTROLLED = {
  [EVENT.ExecutionTerminated]: 'Terminated',
  [EVENT.ExecutionSuspended]: 'Suspended',
  [EVENT.ExecutionResumed]: 'Running',
} as const;

/** Runs the episodes of each instance, one after the other: one message, one answer, one durable record, then what follows. */
export function conductor(options: ConductorOptions): Conductor {
  const { hub, schema, perform, over, revive } = options;
  const inSlot = slots(options.maxConcurrentOrchestratorFunctions);

  /** Whether the instance is still there and its record is written. */
  const persist = async (instance: Instance, record: HistoryRecord): Promise<boolean> => {
    if (hub.instances.get(instance.id) !== instance) return false;
    const written = await insist(hub, instance.id, () => hub.store.append(instance.id, record));
    if (written) apply(instance, record);
    return written;
  };

  const finish = (instance: Instance): void => {
    for (const cancel of instance.alarms.values()) cancel();
    instance.alarms.clear();
    instance.inbox = [];
    instance.pending.clear();
    forget(instance);
    over(instance);
  };

  const consult = async (
    instance: Instance,
    opening: readonly HistoryEvent[],
    now: string,
    tries: number,
  ): Promise<Decision> => {
    const fresh = opening.map((event) => JSON.stringify(event)).join();
    const trigger = triggerText(
      {
        instanceId: instance.id,
        parentInstanceId: instance.parent?.id ?? null,
        input: instance.input,
        history: instance.text === '' ? fresh : `${instance.text},${fresh}`,
        isReplaying: instance.history.length > 0,
      },
      schema,
    );
    const { name, id } = instance;
    let answer: Answer;
    try {
      answer = await ask(hub.invoker, name, trigger);
    } catch (thrown) {
      if (!isWorkerGone(thrown) || tries < WORKER_TRIES || hub.isClosed()) throw thrown;
      return failedHere(name, lastWords(thrown, tries));
    }
    instance.ledger ??= openLedger({ orchestrator: name, instanceId: id, strict: hub.strict });
    const unread = [...instance.history.slice(instance.read), ...opening];
    const decision = decide(name, instance.ledger, unread, answer, now);
    const absent = absentFunction(hub, decision.scheduled);
    if (absent === undefined) return decision;
    return failedHere(name, absent);
  };

  const play = async (instance: Instance, inbound: Inbound, tries: number): Promise<void> => {
    const at = hub.clock.now();
    const now = new Date(at).toISOString();
    const message = { ...inbound.message, ...envelope(now) } as Message;
    const opening: HistoryEvent[] = [{ EventType: EVENT.OrchestratorStarted, ...envelope(now) }, message];
    const took = inbound.number === undefined ? {} : { took: inbound.number };
    const closing: HistoryEvent = { EventType: EVENT.OrchestratorCompleted, ...envelope(now) };
    if ('Input' in message && message.EventType in CONTROLLED) {
      const { events, ...rest } = controlled(opening, message as Control);
      const record = { kind: 'episode', at, ...took, ...rest, events: [...events, closing] } as const;
      if ((await persist(instance, record)) && isOver(instance)) finish(instance);
      return;
    }
    const { scheduled, cancelled, outcome, customStatus } = await consult(instance, opening, now, tries);
    const custom = customStatus === undefined ? {} : { customStatus };
    if (outcome.kind === 'continued') return renew(instance, outcome.input, custom, inbound.number);
    const status = outcome.kind === 'running' ? 'Running' : ENDED[outcome.kind];
    const output =
      outcome.kind === 'completed' ? outcome.output : outcome.kind === 'failed' ? outcome.reason : undefined;
    const result = outcome.kind === 'completed' ? JSON.stringify(outcome.output) : (output as string | undefined);
    const end = outcome.kind === 'running' ? [] : [completed(status, result ?? null, now)];
    const written = await persist(instance, {
      kind: 'episode',
      events: [...opening, ...scheduled, ...end, closing],
      status,
      at,
      ...took,
      ...custom,
      ...(output === undefined ? {} : { output }),
      ...(outcome.kind === 'failed' ? { details: outcome.details } : {}),
    });
    if (!written || hub.isClosed()) return;
    instance.read = instance.history.length;
    for (const event of scheduled) perform(instance, event);
    for (const id of cancelled) {
      instance.alarms.get(id)?.();
      instance.alarms.delete(id);
    }
    if (isOver(instance)) finish(instance);
  };

  /** Continue-as-new: the next execution begins with nothing but its input, and what nobody has looked at yet. */
  const renew = async (
    instance: Instance,
    input: string | null,
    custom: Pick<Episode, 'customStatus'>,
    took: number | undefined,
  ): Promise<void> => {
    const at = hub.clock.now();
    const { id, name, version, parent, generation, customStatus } = instance;
    const accepted = instance.accepted.filter(({ number }) => number !== took);
    const kept = { id, name, version, ...(parent && { parent }), customStatus, ...custom };
    const next = { input, generation: generation + 1, created: at, at, status: 'Running' as const, accepted };
    if (!(await persist(instance, { kind: 'started', ...kept, ...next }))) return;
    for (const cancel of instance.alarms.values()) cancel();
    instance.alarms.clear();
    instance.inbox = [startOf(instance), ...instance.inbox.filter(({ number }) => number !== undefined)];
  };

  const next = async (instance: Instance, inbound: Inbound): Promise<void> => {
    for (let tries = 1; !hub.isClosed(); tries++)
      try {
        return await inSlot(() => play(instance, inbound, tries));
      } catch (thrown) {
        if (!isWorkerGone(thrown)) throw thrown;
        // Ever longer, so that an activity which ends the process they share has used up its own tries before.
        await wait(PAUSE * tries);
      }
  };

  /** An episode, and the death of the host in it where a test asks for that. */
  const lived = async (instance: Instance, inbound: Inbound): Promise<void> => {
    const crash = hub.fates.crash(`${instance.id}/${instance.generation}/${instance.history.length}`);
    if (crash !== 'before') await next(instance, inbound);
    if (crash === undefined || isOver(instance)) return;
    await revive(instance);
    if (crash === 'before') await next(instance, inbound);
  };

  const pump = async (instance: Instance): Promise<void> => {
    instance.busy = true;
    try {
      for (let inbound = take(instance); inbound !== undefined && !hub.isClosed(); inbound = take(instance))
        if (isNews(instance, inbound)) await lived(instance, inbound);
    } finally {
      // In the same breath as the last look into the inbox, or a message that comes in between would wake nobody.
      instance.busy = false;
    }
  };

  const pumping = new Set<Promise<void>>();
  return {
    wake(instance) {
      if (instance.busy || instance.inbox.length === 0) return;
      hub.background(() => {
        const pumped = pump(instance).finally(() => pumping.delete(pumped));
        pumping.add(pumped);
        return pumped;
      });
    },
    async idle() {
      await Promise.allSettled(pumping);
    },
  };
}

/** What begins an execution. */
export function startOf({ name, input, version }: Instance): Inbound {
  return { message: { EventType: EVENT.ExecutionStarted, Name: name, Input: input, Version: version } };
}

function take(instance: Instance): Inbound | undefined {
  if (isOver(instance)) return undefined;
  if (instance.status !== 'Suspended') return instance.inbox.shift();
  // What stops or wakes it is heard in its sleep; everything else waits.
  const at = instance.inbox.findIndex(({ message }) => message.EventType in CONTROLLED);
  return at < 0 ? undefined : instance.inbox.splice(at, 1)[0];
}

function controlled(opening: readonly HistoryEvent[], message: Control): Pick<Episode, 'events' | 'status' | 'output'> {
  const status = CONTROLLED[message.EventType];
  if (status !== 'Terminated') return { events: opening, status };
  return { events: [...opening, completed(status, message.Input, message.Timestamp)], status, output: message.Input };
}

function completed(OrchestrationStatus: string, Result: string | null, now: string): HistoryEvent {
  return { EventType: EVENT.ExecutionCompleted, ...envelope(now), OrchestrationStatus, Result };
}

function failedHere(name: string, details: string): Decision {
  const reason = `Orchestrator function '${name}' failed: ${details}`;
  return { scheduled: [], cancelled: [], outcome: { kind: 'failed', reason, details } };
}

function absentFunction({ invoker: { functions } }: Hub, scheduled: readonly Scheduled[]): string | undefined {
  if (functions === undefined) return undefined;
  for (const event of scheduled) {
    if (event.EventType === EVENT.TimerCreated) continue;
    const activity = event.EventType === EVENT.TaskScheduled;
    const known = activity ? functions.activities : functions.orchestrators;
    if (isKnown(event.Name, known) || event.Name.startsWith('BuiltIn::')) continue;
    return missing(activity ? 'activity' : 'orchestrator', event.Name, known);
  }
  return undefined;
}
