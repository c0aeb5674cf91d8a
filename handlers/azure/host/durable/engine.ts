import { randomUUID } from 'node:crypto';
import { Failure, invalidInput } from '../../../../core/error.ts';
import { systemClock, virtualClock } from './clock.ts';
import { conductor, startOf } from './conductor.ts';
import type { Durable, DurableOptions } from './durable.ts';
import { fates } from './faults.ts';
import { type HistoryRecord, memoryStore } from './history-store.ts';
import type { Hub } from './hub.ts';
import { apply, forget, type Inbound, type Instance, isOver, newInstance } from './instance.ts';
import { instanceId } from './instance-id.ts';
import { isKnown, missing } from './invoker.ts';
import { readLimits } from './limits.ts';
import { type Birth, performer } from './performer.ts';
import { type Control, EVENT } from './protocol.ts';
import { type DurableStatus, listOf, statusOf } from './status.ts';

export type { Clock } from './clock.ts';
export type { Durable, DurableOptions } from './durable.ts';
export type { Faults } from './faults.ts';
export type { Invoker } from './invoker.ts';
export type { DurableStatus } from './status.ts';

interface Waiter {
  readonly resolve: (status: DurableStatus) => void;
  readonly reject: (error: Error) => void;
}

/** Opens an engine; what its store has of unfinished instances goes on. */
export async function openDurable(options: DurableOptions): Promise<Durable> {
  const { invoker, store = memoryStore(), strict = false, http = [], schema = 2, log = () => {} } = options;
  const { defaultVersion = '' } = options;
  const limits = readLimits(options.limits);
  const clock = options.clock === 'virtual' ? virtualClock() : (options.clock ?? systemClock);
  const waiters = new Map<string, Waiter[]>();
  const instances = new Map<string, Instance>();
  let closed = false;

  const hub: Hub = {
    instances,
    store,
    clock,
    invoker,
    fates: fates(options.faults),
    log,
    strict,
    http,
    background(work) {
      const release = clock.hold?.();
      work()
        .catch((thrown: unknown) => log('durable: a defect of the host', { error: String(thrown) }))
        .finally(release);
    },
    isClosed: () => closed,
  };

  const post = (instance: Instance, inbound: Inbound, overtakes = 0): void => {
    if (closed || isOver(instance)) return;
    const place = instance.inbox.length - Math.floor(overtakes * (instance.inbox.length + 1));
    if (place >= instance.inbox.length) instance.inbox.push(inbound);
    else instance.inbox.splice(place, 0, inbound);
    conduct.wake(instance);
  };

  const create = async ({ id, parent, version, ...birth }: Birth): Promise<void> => {
    const before = instances.get(id);
    const instance = newInstance(id);
    const at = clock.now();
    const record: HistoryRecord = {
      kind: 'started',
      id,
      ...birth,
      version: version || defaultVersion,
      ...(parent && { parent }),
      generation: (before?.generation ?? 0) + 1,
      created: at,
      at,
      status: 'Pending',
      accepted: [],
    };
    apply(instance, record);
    instances.set(id, instance);
    try {
      await store.append(id, record);
    } catch (thrown) {
      if (before === undefined) instances.delete(id);
      else instances.set(id, before);
      throw thrown;
    }
    post(instance, startOf(instance));
  };

  const { perform, report } = performer({ hub, post, create, ...limits });
  const over = (instance: Instance): void => {
    report(instance);
    for (const { resolve } of waiters.get(instance.id) ?? []) resolve(statusOf(instance));
    waiters.delete(instance.id);
  };
  /** What was scheduled and has not ended is done again, and what was accepted is heard. */
  const goOn = (instance: Instance): void => {
    const start = instance.history.length === 0 ? [startOf(instance)] : [];
    instance.inbox = [...start, ...instance.accepted];
    // Some of it is done at once, and its end is in the inbox then.
    for (const event of [...instance.pending.values()]) perform(instance, event);
    conduct.wake(instance);
  };
  const revive = async (instance: Instance): Promise<void> => {
    for (const cancel of instance.alarms.values()) cancel();
    instance.alarms.clear();
    for (const record of await store.read(instance.id)) apply(instance, record);
    goOn(instance);
  };
  const conduct = conductor({ hub, schema, perform, over, revive, ...limits });

  /** A message that outlives the process from the moment that its sender is told so. */
  const accept = async (id: string, message: Inbound['message']): Promise<boolean> => {
    const instance = known(instances, id);
    if (closed) throw closedFailure();
    if (isOver(instance)) return false;
    const record = { kind: 'accepted', accepted: { number: instance.nextAccepted, message } } as const;
    // Known before it is written: an execution that begins meanwhile takes it along.
    apply(instance, record);
    try {
      await store.append(id, record);
    } catch (thrown) {
      instance.accepted = instance.accepted.filter((other) => other !== record.accepted);
      throw thrown;
    }
    if (isOver(instance)) return false;
    post(instance, record.accepted);
    return true;
  };
  const control =
    (EventType: Control['EventType']) =>
    (id: string, reason = ''): Promise<boolean> =>
      accept(id, { EventType, Input: reason });

  for (const { id, records, damage } of await store.load()) {
    const instance = newInstance(id);
    for (const record of records) apply(instance, record);
    instances.set(id, instance);
    if (damage !== undefined && !isOver(instance)) Object.assign(instance, { status: 'Failed', output: damage });
    if (damage !== undefined) log('durable: a history is damaged', { id, damage });
    if (isOver(instance)) forget(instance);
  }
  // What goes on may start others, which are none of these.
  for (const instance of [...instances.values()]) if (!isOver(instance)) goOn(instance);

  return {
    async start(orchestrator, input, { id, version = '' } = {}) {
      if (closed) throw closedFailure();
      const { functions } = invoker;
      if (functions !== undefined && !isKnown(orchestrator, functions.orchestrators))
        throw invalidInput(missing('orchestrator', orchestrator, functions.orchestrators), 'orchestrator');
      const chosen = id === undefined ? randomUUID().replaceAll('-', '') : instanceId(id);
      const there = instances.get(chosen);
      if (there !== undefined && !isOver(there))
        throw new Failure({
          name: 'AlreadyExists',
          message: `An Orchestration instance with the status ${there.status} already exists.`,
          data: { id: chosen },
        });
      const text = input === undefined ? undefined : JSON.stringify(input);
      await create({ id: chosen, name: orchestrator, version, input: text ?? null });
      return chosen;
    },
    async status(id, { history = false } = {}) {
      const instance = instances.get(id);
      if (instance === undefined) return undefined;
      const status = statusOf(instance);
      if (!history) return status;
      if (!isOver(instance)) return { ...status, history: [...instance.history] };
      const again = newInstance(id);
      for (const record of await store.read(id)) apply(again, record);
      return { ...status, history: again.history };
    },
    list: async (query = {}) => listOf(instances.values(), query),
    raise(id, event, data) {
      const Input = JSON.stringify(data ?? null);
      return accept(id, { EventType: EVENT.EventRaised, Name: event, Input });
    },
    terminate: control(EVENT.ExecutionTerminated),
    suspend: control(EVENT.ExecutionSuspended),
    resume: control(EVENT.ExecutionResumed),
    async purge(id) {
      const instance = instances.get(id);
      if (instance === undefined) return false;
      for (const cancel of instance.alarms.values()) cancel();
      instance.status = 'Terminated';
      instances.delete(id);
      for (const { reject } of waiters.get(id) ?? []) reject(notFound(id));
      waiters.delete(id);
      await store.remove(id);
      return true;
    },
    async settled(id) {
      const instance = known(instances, id);
      if (isOver(instance)) return statusOf(instance);
      if (closed) throw closedFailure();
      return new Promise((resolve, reject) => waiters.set(id, [...(waiters.get(id) ?? []), { resolve, reject }]));
    },
    async close() {
      closed = true;
      for (const { alarms } of instances.values()) for (const cancel of alarms.values()) cancel();
      for (const waiting of waiters.values()) for (const { reject } of waiting) reject(closedFailure());
      waiters.clear();
      await conduct.idle();
    },
  };
}

function known(instances: ReadonlyMap<string, Instance>, id: string): Instance {
  const instance = instances.get(id);
  if (instance === undefined) throw notFound(id);
  return instance;
}

function notFound(id: string): Failure {
  return new Failure({ name: 'NotFound', message: `No instance with ID '${id}' found.` });
}

function closedFailure(): Failure {
  return new Failure({ name: 'Closed', message: 'The Durable engine is closed.' });
}
