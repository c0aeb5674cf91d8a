import { Failure } from '../../../../core/error.ts';
import { activityInput, isAll, isCancelled } from './action.ts';
import { nextPoll } from './http-poll.ts';
import { compareActions, describeEvent, nonDeterminism } from './nondeterminism.ts';
import {
  ACTION,
  type Action,
  type CallActivity,
  type CallSubOrchestrator,
  type Completion,
  EVENT,
  envelope,
  type HistoryEvent,
  HTTP_ACTIVITY,
  type HttpCall,
  type RetryOptions,
  type Scheduled,
} from './protocol.ts';
import { retryDelay } from './retry-delay.ts';

const DAY = 86_400_000;
/** A longer timer is done in stages; the library counts each as a task of its own. */
export const LONGEST_TIMER = 6 * DAY;
const STAGE = 3 * DAY;

export interface LedgerOptions {
  readonly orchestrator: string;
  readonly instanceId: string;
  /** Numbers and failures as the real host gives them even where the library then waits for ever. @default false */
  readonly strict?: boolean;
}

/**
 * The books of one execution: which task has which number, which of them are open and what follows when one ends.
 *
 * It decides only: events and actions go in, the events that schedule tasks come out. The library numbers tasks for itself,
 * in the order in which it meets them, and never says so; these are the rules that it counts by.
 */
export interface Ledger {
  /**
   * Reads on in the history. What is scheduled there must be what the actions ask for.
   *
   * @throws Failure `NonDeterministicOrchestration`, `Unsupported`.
   */
  read(events: readonly HistoryEvent[], actions: readonly Action[]): void;
  /** What is to be scheduled at the end of what was read, and the timers that were called off. */
  schedule(now: string): { readonly scheduled: readonly Scheduled[]; readonly cancelled: readonly number[] };
  /** Whether every action has been scheduled and every task has ended. */
  idle(): boolean;
}

/** A task or several: it ends when as many of its parts as it needs have ended. */
interface Part {
  readonly whole: Part | undefined;
  needs: number;
}

interface Open {
  readonly part: Part;
  /** What follows when it ends well, and when not. */
  readonly then?: () => void;
  readonly failed?: () => void;
  readonly http?: HttpCall;
}

interface Expected {
  /** Without a time yet. */
  readonly event: Scheduled;
  readonly open: Open;
}

interface TimerDetails {
  readonly then?: () => void;
  /** Where its action is, which says whether it was called off. */
  readonly path?: readonly number[];
  readonly id?: number;
}

export function openLedger({ orchestrator, instanceId, strict = false }: LedgerOptions): Ledger {
  const open = new Map<number, Open>();
  const timers = new Map<number, readonly number[]>();
  const taken: Action[] = [];
  let actions: readonly Action[] = [];
  let expected: Expected[] = [];
  let nextId = 0;
  let now = 0;
  let last: Part = { whole: undefined, needs: 0 };

  const end = (part: Part): void => {
    part.needs--;
    if (part.needs === 0 && part.whole !== undefined) end(part.whole);
  };
  const expect = (event: Scheduled, details: Open): void => {
    expected.push({ event, open: details });
  };

  const task = (part: Part, name: string, input: string, more: Partial<Open> = {}, id = nextId++): void =>
    expect({ ...envelope('', id), EventType: EVENT.TaskScheduled, Name: name, Input: input }, { part, ...more });

  const timer = (part: Part, due: number, { then, path, id = nextId++ }: TimerDetails = {}): void => {
    const long = due - now > LONGEST_TIMER;
    const follow = long ? () => timer(part, due, { ...(then && { then }), ...(path && { path }) }) : then;
    const fireAt = new Date(long ? now + STAGE : due).toISOString();
    if (path !== undefined) timers.set(id, path);
    expect(
      { ...envelope('', id), EventType: EVENT.TimerCreated, FireAt: fireAt },
      { part, ...(follow === undefined ? {} : { then: follow }) },
    );
  };

  const retried = (options: RetryOptions | undefined, part: Part, again: () => void): Partial<Open> => {
    if (options === undefined) return {};
    const since = now;
    let attempt = 0;
    return {
      failed() {
        attempt++;
        const last = attempt >= options.maxNumberOfAttempts;
        const delay = retryDelay(options, attempt, now - since);
        // The framework once waited a last time for nothing; histories of that time keep it from being mended.
        if (last) timer(part, now);
        else if (delay > 0) timer(part, now + delay, { then: again });
        else if (strict) end(part);
        else throw unsupported('retryTimeoutInMilliseconds has passed, and durable-functions 3 waits for ever then');
      },
    };
  };

  const http = (part: Part, request: HttpCall, id = nextId++): void =>
    task(part, HTTP_ACTIVITY, JSON.stringify(request), { http: request }, id);

  /** Whether a long operation is asked again. */
  const polls = (part: Part, request: HttpCall, result: string): boolean => {
    const poll = nextPoll(request, result);
    if (poll === undefined) return false;
    const timerId = nextId++;
    // The library counts both at once, the real host the call when its time has come: the same while nothing else runs.
    const callId = strict ? undefined : nextId++;
    timer(part, now + poll.delay, { then: () => http(part, poll.request, callId ?? nextId++), id: timerId });
    return true;
  };

  const call = (part: Part, action: CallActivity): void => {
    const run = (): void => task(part, action.functionName, activityInput(action.input), more);
    const more = retried(action.retryOptions, part, run);
    run();
  };

  const callSub = (part: Part, action: CallSubOrchestrator): void => {
    const run = (): void => {
      const id = nextId++;
      const InstanceId = action.instanceId || `${instanceId}:${id}`;
      const what = { Name: action.functionName, InstanceId, Input: JSON.stringify(action.input ?? null) };
      const EventType = EVENT.SubOrchestrationInstanceCreated;
      expect({ ...envelope('', id), EventType, ...what, Version: action.version ?? '' }, { part, ...more });
    };
    const more = retried(action.retryOptions, part, run);
    run();
  };

  const place = (action: Action, whole: Part, path: readonly number[]): void => {
    switch (action.actionType) {
      case ACTION.CallActivity:
      case ACTION.CallActivityWithRetry:
        call({ whole, needs: 1 }, action);
        break;
      case ACTION.CallSubOrchestrator:
      case ACTION.CallSubOrchestratorWithRetry:
        callSub({ whole, needs: 1 }, action);
        break;
      case ACTION.CreateTimer:
        timer({ whole, needs: 1 }, new Date(action.fireAt).getTime(), { path });
        break;
      case ACTION.CallHttp:
        http({ whole, needs: 1 }, action.httpRequest);
        break;
      case ACTION.WhenAny:
      case ACTION.WhenAll: {
        const all = action.actionType === ACTION.WhenAll;
        const part: Part = { whole, needs: all ? action.compoundActions.length : 1 };
        for (const [at, inner] of action.compoundActions.entries()) place(inner, part, [...path, at]);
        break;
      }
      case ACTION.WaitForExternalEvent:
      case ACTION.ContinueAsNew:
        // The library alone knows which event it waits for; an event is no open task either.
        end(whole);
        break;
      case ACTION.CallEntity:
      case ACTION.SignalEntity:
      case ACTION.ScheduledSignalEntity:
      case ACTION.LockEntities:
      case ACTION.ReleaseEntities:
        throw unsupported('entities are not part of this host');
    }
  };

  const unsupported = (what: string): Failure =>
    new Failure({ name: 'Unsupported', message: `Orchestrator function '${orchestrator}': ${what}` });

  const takeNext = (): void => {
    const action = actions[taken.length];
    if (action === undefined) return;
    last = { whole: undefined, needs: 1 };
    taken.push(action);
    place(action, last, [taken.length - 1]);
  };

  const match = (event: Scheduled): void => {
    while (expected.length === 0 && taken.length < actions.length) takeNext();
    const [next] = expected.splice(0, 1);
    const same =
      next !== undefined &&
      next.event.EventId === event.EventId &&
      next.event.EventType === event.EventType &&
      ('Name' in event ? event.Name : '') === ('Name' in next.event ? next.event.Name : '');
    if (!same) {
      const is = next === undefined ? 'nothing' : describeEvent(next.event);
      throw nonDeterminism(orchestrator, `task ${event.EventId}`, describeEvent(event), is);
    }
    open.set(event.EventId, next.open);
  };

  const complete = (event: Completion): void => {
    const id = event.EventType === EVENT.TimerFired ? event.TimerId : event.TaskScheduledId;
    const entry = open.get(id);
    if (entry === undefined) return;
    open.delete(id);
    timers.delete(id);
    const ok = event.EventType !== EVENT.TaskFailed && event.EventType !== EVENT.SubOrchestrationInstanceFailed;
    const follow = ok ? entry.then : entry.failed;
    if (follow !== undefined) follow();
    else if (event.EventType !== EVENT.TaskCompleted || !entry.http || !polls(entry.part, entry.http, event.Result))
      end(entry.part);
  };

  const callOff = (): number[] => {
    const gone: number[] = [];
    for (const [id, path] of timers) {
      if (!isCancelled(actions, path)) continue;
      timers.delete(id);
      gone.push(id);
      const entry = open.get(id);
      open.delete(id);
      if (entry !== undefined) end(entry.part);
    }
    return gone;
  };

  return {
    read(events, answered) {
      actions = answered;
      compareActions(orchestrator, taken, actions);
      for (const event of events)
        switch (event.EventType) {
          case EVENT.OrchestratorStarted:
            now = Math.max(now, Date.parse(event.Timestamp));
            break;
          case EVENT.TaskScheduled:
          case EVENT.SubOrchestrationInstanceCreated:
          case EVENT.TimerCreated:
            match(event);
            break;
          case EVENT.TaskCompleted:
          case EVENT.TaskFailed:
          case EVENT.SubOrchestrationInstanceCompleted:
          case EVENT.SubOrchestrationInstanceFailed:
          case EVENT.TimerFired:
            complete(event);
            break;
        }
    },
    schedule(timestamp) {
      // The extension does each action's .NET twin in turn: what follows a `Task.all` that has failed waits for its others.
      let cancelled = callOff();
      const scheduled: Scheduled[] = [];
      for (;;) {
        for (const { event, open: entry } of expected) {
          scheduled.push({ ...event, Timestamp: timestamp });
          open.set(event.EventId, entry);
        }
        expected = [];
        cancelled = [...cancelled, ...callOff()];
        if (taken.length >= actions.length || (last.needs > 0 && isAll(taken.at(-1)))) break;
        takeNext();
      }
      return { scheduled, cancelled };
    },
    idle: () => open.size === 0 && expected.length === 0 && taken.length >= actions.length,
  };
}
