import type { ErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import type { Page } from '../resources/bucket.ts';
import type { WorkflowIR } from './ir.ts';

export const STATUSES = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

/** The one shape of a run's status, in every room. Times are ISO 8601 in UTC. */
export interface RunStatus {
  readonly id: string;
  readonly workflow: string;
  readonly status: Status;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: ErrorValue;
  /** Step calls that are over, and the best estimate of how many there will be. */
  readonly progress: { readonly done: number; readonly total: number };
  readonly startedAt: string;
  readonly updatedAt: string;
}

export interface StartOptions {
  /** Starting twice with one id and input starts once. @default a random one */
  readonly id?: string;
}

export interface Started {
  readonly id: string;
  /** A signed, expiring, read-only URL of the run's status. */
  readonly statusUrl: string;
}

export interface RunStarter<I> {
  /** @throws `InvalidInput`; `Conflict` where the id belongs to a run with other input. */
  start(input: I, options?: StartOptions): Promise<Started>;
}

export interface RunReader {
  /** `undefined` where this workflow has no such run. */
  status(id: string): Promise<RunStatus | undefined>;
  statusUrl(id: string): Promise<string>;
}

/** One step call of a run. Times are ISO 8601 in UTC. */
export interface StepRecord {
  readonly key: string;
  readonly step: string;
  readonly status: 'running' | 'waiting' | 'succeeded' | 'failed';
  readonly attempts: number;
  readonly input: Json;
  readonly output?: Json;
  readonly error?: ErrorValue;
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface ListRuns {
  /** The `next` of the page before. */
  readonly cursor?: string;
  readonly status?: Status;
  readonly workflow?: string;
}

/**
 * The port of a room's runs.
 *
 * Methods that name a run reject with `NotFound` where there is none.
 */
export interface Runs {
  /** @throws `NotFound` (no such workflow), `InvalidInput`, `Conflict`. */
  start(workflow: string, input: Json, id?: string): Promise<{ id: string; created: boolean }>;
  status(id: string): Promise<RunStatus>;
  /** What the run started with, whatever the app declares by now. */
  definition(id: string): Promise<WorkflowIR>;
  /** In the order in which they were first started. */
  steps(id: string, cursor?: string): Promise<Page<StepRecord>>;
  /** Newest first, without input and output. */
  list(options: ListRuns): Promise<Page<RunStatus>>;
  /**
   * Sends an event; sending twice with one key sends once.
   *
   * @throws `InvalidInput` where the workflow declares a schema for the event; `Conflict` where the run is over.
   */
  event(id: string, name: string, data: Json, key?: string): Promise<void>;
  /** Final: no new step starts after it. Cancelling twice is no error; cancelling what is over is `Conflict`. */
  cancel(id: string): Promise<void>;
}

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/;

/** Ids are parts of keys and URLs; 80 characters is what Step Functions takes for an execution's name. */
export function isRunId(id: string): boolean {
  return RUN_ID.test(id);
}
