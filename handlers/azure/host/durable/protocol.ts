import type { Json } from '../../../../core/json.ts';

/**
 * What the Durable extension and `durable-functions` 3.x say to each other: the history goes in, the actions since the
 * beginning come out.
 *
 * Numbers and field names are those of the library (`lib/src/history`, `lib/src/actions`) and of the extension
 * (https://github.com/Azure/azure-functions-durable-extension, OutOfProcOrchestrationShim.cs).
 */
export const EVENT = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionFailed: 2,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  GenericEvent: 17,
  HistoryState: 18,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

type Types = typeof EVENT;

interface Event<T extends keyof Types> {
  readonly EventType: Types[T];
  /** The number of the task that it schedules; -1 for what schedules none. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  /** ISO 8601. */
  readonly Timestamp: string;
}

export interface ExecutionStarted extends Event<'ExecutionStarted'> {
  readonly Name: string;
  /** JSON text. */
  readonly Input: string | null;
  readonly Version: string;
}

export interface ExecutionCompleted extends Event<'ExecutionCompleted'> {
  readonly OrchestrationStatus: string;
  /** JSON text; of a failed or terminated one its reason, as it is. */
  readonly Result: string | null;
}

export interface TaskScheduled extends Event<'TaskScheduled'> {
  readonly Name: string;
  /** JSON text of what the activity is given. */
  readonly Input: string;
}

export interface SubOrchestrationInstanceCreated extends Event<'SubOrchestrationInstanceCreated'> {
  readonly Name: string;
  readonly InstanceId: string;
  readonly Input: string;
  readonly Version: string;
}

export interface TimerCreated extends Event<'TimerCreated'> {
  readonly FireAt: string;
}

/** What schedules a task: its `EventId` is the task's number. */
export type Scheduled = TaskScheduled | SubOrchestrationInstanceCreated | TimerCreated;

interface Succeeded {
  readonly TaskScheduledId: number;
  /** JSON text. */
  readonly Result: string;
}

/** The same shape as .NET's `FailureDetails`. */
export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string | null;
  readonly IsNonRetriable: boolean;
  readonly Properties: Readonly<Record<string, Json>> | null;
}

interface NotSucceeded {
  readonly TaskScheduledId: number;
  readonly Reason: string;
  readonly Details: string | null;
  readonly FailureDetails?: FailureDetails;
}

export interface TaskCompleted extends Event<'TaskCompleted'>, Succeeded {}
export interface TaskFailed extends Event<'TaskFailed'>, NotSucceeded {}
export interface SubOrchestrationInstanceCompleted extends Event<'SubOrchestrationInstanceCompleted'>, Succeeded {}
export interface SubOrchestrationInstanceFailed extends Event<'SubOrchestrationInstanceFailed'>, NotSucceeded {}

export interface TimerFired extends Event<'TimerFired'> {
  readonly TimerId: number;
  readonly FireAt: string;
}

/** What ends a task. */
export type Completion =
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationInstanceCompleted
  | SubOrchestrationInstanceFailed
  | TimerFired;

export interface EventRaised extends Event<'EventRaised'> {
  readonly Name: string;
  /** JSON text. */
  readonly Input: string;
}

/** What stops an instance for good or for a while, and lets it go on. */
export interface Control extends Event<'ExecutionTerminated' | 'ExecutionSuspended' | 'ExecutionResumed'> {
  readonly Input: string;
}

export type HistoryEvent =
  | ExecutionStarted
  | ExecutionCompleted
  | Scheduled
  | Completion
  | EventRaised
  | Control
  | Event<'OrchestratorStarted' | 'OrchestratorCompleted' | 'ExecutionFailed' | 'EventSent' | 'ContinueAsNew'>
  | Event<'GenericEvent' | 'HistoryState'>;

/** What may arrive at an instance: one of them begins an episode. */
export type Message = ExecutionStarted | Completion | EventRaised | Control;

/** A message on its way: the time is that of its arrival. */
export type Arriving = Message extends infer M ? (M extends Message ? Omit<M, keyof Envelope> : never) : never;
export type Envelope = Pick<Message, 'EventId' | 'IsPlayed' | 'Timestamp'>;

export const ACTION = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  ScheduledSignalEntity: 10,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

type Kinds = typeof ACTION;

export interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number | null;
  readonly maxRetryIntervalInMilliseconds?: number | null;
  readonly retryTimeoutInMilliseconds?: number | null;
}

export interface CallActivity {
  readonly actionType: Kinds['CallActivity'] | Kinds['CallActivityWithRetry'];
  readonly functionName: string;
  readonly input?: Json;
  readonly retryOptions?: RetryOptions;
}

export interface CallSubOrchestrator {
  readonly actionType: Kinds['CallSubOrchestrator'] | Kinds['CallSubOrchestratorWithRetry'];
  readonly functionName: string;
  readonly instanceId?: string | null;
  readonly input?: Json;
  readonly version?: string | null;
  readonly retryOptions?: RetryOptions;
}

export interface CreateTimer {
  readonly actionType: Kinds['CreateTimer'];
  readonly fireAt: string;
  readonly isCanceled: boolean;
}

export interface HttpCall {
  readonly method: string;
  readonly uri: string;
  readonly content?: string | null;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly tokenSource?: unknown;
  readonly asynchronousPatternEnabled?: boolean;
}

interface CallHttp {
  readonly actionType: Kinds['CallHttp'];
  readonly httpRequest: HttpCall;
}

interface Compound {
  readonly actionType: Kinds['WhenAny'] | Kinds['WhenAll'];
  readonly compoundActions: readonly Action[];
}

interface EntityAction {
  readonly actionType:
    | Kinds['CallEntity']
    | Kinds['SignalEntity']
    | Kinds['ScheduledSignalEntity']
    | Kinds['LockEntities']
    | Kinds['ReleaseEntities'];
}

/** What an orchestrator asks for. */
export type Action =
  | CallActivity
  | CallSubOrchestrator
  | { readonly actionType: Kinds['ContinueAsNew']; readonly input?: Json }
  | CreateTimer
  | { readonly actionType: Kinds['WaitForExternalEvent']; readonly externalEventName: string }
  | CallHttp
  | Compound
  | EntityAction;

/** How the extension names the activity that performs `callHttp`. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/** The part of an event that says neither what happened nor to whom. */
export function envelope(timestamp: string, id = -1): Envelope {
  return { EventId: id, IsPlayed: false, Timestamp: timestamp };
}
