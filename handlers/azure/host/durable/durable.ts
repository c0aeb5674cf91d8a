import type { Log } from '../../../../core/log.ts';
import type { Clock } from './clock.ts';
import type { Schema } from './episode.ts';
import type { Faults } from './faults.ts';
import type { HistoryStore } from './history-store.ts';
import type { Invoker } from './invoker.ts';
import type { Limits } from './limits.ts';
import type { DurableStatus, ListQuery, StatusPage } from './status.ts';

export interface DurableOptions {
  readonly invoker: Invoker;
  /** @default a store that ends with the process */
  readonly store?: HistoryStore;
  /** `virtual`: time jumps to the next timer as soon as nothing goes on. @default the system's clock */
  readonly clock?: Clock | 'virtual';
  /** @default none */
  readonly faults?: Faults;
  /**
   * Keeps to the real host where it makes an orchestration wait for ever or fail oddly: when `retryTimeoutInMilliseconds` has
   * passed (otherwise an error says so), when a sub-orchestration was terminated (otherwise its reason can be caught), and
   * when something else is scheduled while `callHttp` waits to ask again (otherwise the numbers fit). @default false
   */
  readonly strict?: boolean;
  /** @default as on a dedicated plan: ten of a kind for each core */
  readonly limits?: Limits | 'consumption';
  /** Origins that `callHttp` may reach. @default none */
  readonly http?: readonly string[] | 'any';
  /** The version of orchestrations that are started without one, sub-orchestrations too. @default '' */
  readonly defaultVersion?: string;
  /** The protocol that is offered to the library: 0 to 3 are its V1 to V4. @default 2, as the extension */
  readonly schema?: Schema;
  /** @default nothing is logged */
  readonly log?: Log;
}

/** Orchestrations and what one may do with them. */
export interface Durable {
  /**
   * Starts an instance and answers its id, a random one if none is given. The id of one that is over may be used again.
   *
   * @throws Failure `AlreadyExists` while an instance of that id goes on; `InvalidInput` for an id or a name that cannot be.
   */
  start(orchestrator: string, input: unknown, options?: StartOptions): Promise<string>;
  status(id: string, options?: { readonly history?: boolean }): Promise<DurableStatus | undefined>;
  /** One page of instances, by their ids. */
  list(query?: ListQuery): Promise<StatusPage>;
  /** Hands an event to an instance: `false` where it is over already. @throws Failure `NotFound` */
  raise(id: string, event: string, data?: unknown): Promise<boolean>;
  /** Ends it between two episodes. Its activities and sub-orchestrations know nothing of that and go on. */
  terminate(id: string, reason?: string): Promise<boolean>;
  suspend(id: string, reason?: string): Promise<boolean>;
  resume(id: string, reason?: string): Promise<boolean>;
  /** Removes an instance and its history; whether there was one. */
  purge(id: string): Promise<boolean>;
  /** Resolves when the instance is over. @throws Failure `NotFound`; `Closed` when the engine is closed before. */
  settled(id: string): Promise<DurableStatus>;
  /** Stops after the episodes that go on; activities that are under way are not waited for. */
  close(): Promise<void>;
}

interface StartOptions {
  readonly id?: string;
  readonly version?: string;
}
