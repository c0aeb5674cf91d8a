import type { ErrorValue } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { StepRecord } from '../../core/workflow/runs.ts';
import type { Entry } from './journal.ts';

/** Bodies of the journal's entries, by kind. Keys are slots, but for `event`: there it is the event's name. */
export interface TraceBody {
  /** A W3C traceparent. */
  readonly trace: string;
}
export interface StartBody {
  readonly step: string;
  readonly input: Json;
}
export type DoneBody = { readonly output: Json } | { readonly error: ErrorValue };
export interface TimerBody {
  /** Milliseconds since 1970. */
  readonly due: number;
}
export interface Event {
  /** Its sender's key, or a random one. */
  readonly id: string;
  readonly data: Json;
}
/** Which event a wait took, by id; `null`: none came in time. */
export interface TookBody {
  readonly event: string | null;
}
export interface FanBody {
  readonly error: ErrorValue;
  readonly final: boolean;
}

/** What is known of a run: the first record of a slot stands, whatever came after it. */
export interface Recording {
  readonly done: Map<string, DoneBody>;
  readonly timers: Map<string, number>;
  readonly took: Map<string, Event | null>;
  readonly fans: Map<string, FanBody>;
  /** Events that no wait has taken, by name, oldest first. */
  readonly inbox: Map<string, Event[]>;
  /** The ids of all events, taken or not. */
  readonly received: Set<string>;
  /** The traceparent that the run goes on from; it has one where telemetry was on when it was started. */
  trace: string | undefined;
}

export function recordingOf(entries: readonly Entry[]): Recording {
  const recording: Recording = {
    done: new Map(),
    timers: new Map(),
    took: new Map(),
    fans: new Map(),
    inbox: new Map(),
    received: new Set(),
    trace: undefined,
  };
  const events = new Map<string, Event>();
  const once = <T>(slots: Map<string, T>, key: string, value: T): void => {
    if (!slots.has(key)) slots.set(key, value);
  };
  for (const { kind, key, body } of entries) {
    if (kind === 'done') once(recording.done, key, JSON.parse(body) as DoneBody);
    else if (kind === 'timer') once(recording.timers, key, (JSON.parse(body) as TimerBody).due);
    else if (kind === 'trace') recording.trace = (JSON.parse(body) as TraceBody).trace;
    else if (kind === 'fan') once(recording.fans, key, JSON.parse(body) as FanBody);
    else if (kind === 'event') {
      const event = JSON.parse(body) as Event;
      if (events.has(event.id)) continue;
      events.set(event.id, event);
      recording.received.add(event.id);
      const queue = recording.inbox.get(key);
      if (queue === undefined) recording.inbox.set(key, [event]);
      else queue.push(event);
    } else if (kind === 'took') {
      const { event } = JSON.parse(body) as TookBody;
      once(recording.took, key, event === null ? null : (events.get(event) ?? null));
    }
  }
  const taken = new Set([...recording.took.values()].map((event) => event?.id));
  for (const [name, queue] of recording.inbox)
    recording.inbox.set(
      name,
      queue.filter((event) => !taken.has(event.id)),
    );
  return recording;
}

/** One record a step call, its attempts together, in the order of their first start. */
export function stepsOf(entries: readonly Entry[]): StepRecord[] {
  const steps = new Map<string, StepRecord>();
  for (const { kind, key: slot, body, at } of entries) {
    if (kind !== 'start' && kind !== 'done') continue;
    const cut = slot.lastIndexOf('#');
    const key = slot.slice(0, cut);
    const attempts = Number(slot.slice(cut + 1));
    const before = steps.get(key);
    if (kind === 'start') {
      const { step, input } = JSON.parse(body) as StartBody;
      const startedAt = before?.startedAt ?? new Date(at).toISOString();
      if (before?.status === 'succeeded') continue;
      steps.set(key, { key, step, status: 'running', attempts, input, startedAt });
    } else if (before !== undefined && before.status !== 'succeeded') {
      const done = JSON.parse(body) as DoneBody;
      const endedAt = new Date(at).toISOString();
      const status = 'output' in done ? 'succeeded' : 'failed';
      steps.set(key, { ...before, status, attempts, ...done, endedAt });
    }
  }
  return [...steps.values()];
}

/** Every step call, one an attempt, in the order in which they were started. */
export function callsOf(entries: readonly Entry[]): { step: string; key: string; input: Json }[] {
  return entries
    .filter((entry) => entry.kind === 'start')
    .map(({ key, body }) => {
      const { step, input } = JSON.parse(body) as StartBody;
      return { step, key: key.slice(0, key.lastIndexOf('#')), input };
    });
}
