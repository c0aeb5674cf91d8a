import type { Json } from '../../../../core/json.ts';
import type { Accepted, HistoryRecord, ParentLink, RuntimeStatus } from './history-store.ts';
import type { Ledger } from './ledger.ts';
import { type Arriving, EVENT, type HistoryEvent, type Scheduled } from './protocol.ts';

/** A message at an instance's door. */
export interface Inbound {
  readonly message: Arriving;
  /** Of an accepted message, which number it has. */
  readonly number?: number;
  /** Of a completion, which execution had scheduled the task. */
  readonly generation?: number;
}

/** One instance as its records tell it, and what this process knows beside. */
export interface Instance {
  readonly id: string;
  name: string;
  version: string;
  input: string | null;
  parent: ParentLink | undefined;
  generation: number;
  created: number;
  updated: number;
  status: RuntimeStatus;
  customStatus: Json;
  output: Json;
  details: string | undefined;
  history: HistoryEvent[];
  /** The history as JSON, without brackets: it goes out with every episode, and only its end is ever new. */
  text: string;
  /** Tasks that are scheduled and have not ended, by their numbers. */
  readonly pending: Map<number, Scheduled>;
  accepted: Accepted[];
  nextAccepted: number;
  /** The books of this execution, and how much of the history is in them. */
  ledger: Ledger | undefined;
  read: number;
  inbox: Inbound[];
  readonly alarms: Map<number, () => void>;
  busy: boolean;
}

export function newInstance(id: string): Instance {
  return {
    id,
    name: '',
    version: '',
    input: null,
    parent: undefined,
    generation: 0,
    created: 0,
    updated: 0,
    status: 'Pending',
    customStatus: null,
    output: null,
    details: undefined,
    history: [],
    text: '',
    pending: new Map(),
    accepted: [],
    nextAccepted: 1,
    ledger: undefined,
    read: 0,
    inbox: [],
    alarms: new Map(),
    busy: false,
  };
}

export function isOver({ status }: { readonly status: RuntimeStatus }): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated';
}

/** What one record makes of an instance: the same when it happens and when it is read again. */
export function apply(instance: Instance, record: HistoryRecord): void {
  switch (record.kind) {
    case 'started':
      begin(instance, record);
      return;
    case 'accepted':
      if (instance.accepted.some(({ number }) => number === record.accepted.number)) return;
      instance.accepted.push(record.accepted);
      instance.nextAccepted = record.accepted.number + 1;
      return;
    case 'episode':
      extend(instance, record);
      return;
  }
}

function begin(instance: Instance, record: Extract<HistoryRecord, { kind: 'started' }>): void {
  const { name, version, input, parent, generation, created, at, status, customStatus = null, accepted } = record;
  const fresh = { name, version, input, parent, generation, created, updated: at, status, customStatus };
  Object.assign(instance, fresh, { output: null, details: undefined, accepted: [...accepted] });
  forget(instance);
  instance.nextAccepted = Math.max(instance.nextAccepted, ...accepted.map(({ number }) => number + 1));
  instance.pending.clear();
}

/** Lets go of what only an execution that goes on needs; its records have it still. */
export function forget(instance: Instance): void {
  Object.assign(instance, { history: [], text: '', ledger: undefined, read: 0 });
}

function extend(instance: Instance, record: Extract<HistoryRecord, { kind: 'episode' }>): void {
  const { events, status, at, took, customStatus, output, details } = record;
  for (const event of events) {
    instance.history.push(event);
    instance.text += `${instance.text === '' ? '' : ','}${JSON.stringify({ ...event, IsPlayed: true })}`;
    settle(instance.pending, event);
  }
  instance.status = status;
  instance.updated = at;
  if (customStatus !== undefined) instance.customStatus = customStatus;
  if (output !== undefined) instance.output = output;
  instance.details = details;
  if (took !== undefined) instance.accepted = instance.accepted.filter(({ number }) => number !== took);
}

function settle(pending: Map<number, Scheduled>, event: HistoryEvent): void {
  switch (event.EventType) {
    case EVENT.TaskScheduled:
    case EVENT.SubOrchestrationInstanceCreated:
    case EVENT.TimerCreated:
      pending.set(event.EventId, event);
      return;
    case EVENT.TaskCompleted:
    case EVENT.TaskFailed:
    case EVENT.SubOrchestrationInstanceCompleted:
    case EVENT.SubOrchestrationInstanceFailed:
      pending.delete(event.TaskScheduledId);
      return;
    case EVENT.TimerFired:
      pending.delete(event.TimerId);
      return;
  }
}

/** Whether a message has something to say to this execution: what is late or comes twice has not. */
export function isNews(instance: Instance, { message, generation }: Inbound): boolean {
  switch (message.EventType) {
    case EVENT.ExecutionStarted:
      return instance.history.length === 0;
    case EVENT.TaskCompleted:
    case EVENT.TaskFailed:
    case EVENT.SubOrchestrationInstanceCompleted:
    case EVENT.SubOrchestrationInstanceFailed:
      return generation === instance.generation && instance.pending.has(message.TaskScheduledId);
    case EVENT.TimerFired:
      return generation === instance.generation && instance.pending.has(message.TimerId);
    case EVENT.EventRaised:
    case EVENT.ExecutionTerminated:
    case EVENT.ExecutionSuspended:
    case EVENT.ExecutionResumed:
      return true;
  }
}
