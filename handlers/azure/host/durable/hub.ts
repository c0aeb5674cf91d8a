import type { Log } from '../../../../core/log.ts';
import type { Clock } from './clock.ts';
import type { Fates } from './faults.ts';
import type { HistoryStore } from './history-store.ts';
import type { Inbound, Instance } from './instance.ts';
import type { Invoker } from './invoker.ts';

/** What the parts of one engine share. */
export interface Hub {
  readonly instances: Map<string, Instance>;
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly invoker: Invoker;
  readonly fates: Fates;
  readonly log: Log;
  readonly strict: boolean;
  /** Origins that `callHttp` may reach. */
  readonly http: readonly string[] | 'any';
  /** Does work that nobody waits for; time that jumps stands still meanwhile. */
  background(work: () => Promise<void>): void;
  isClosed(): boolean;
}

/** Puts a message before an instance; `overtakes` is how far to the front it gets. */
export type Post = (instance: Instance, inbound: Inbound, overtakes?: number) => void;
