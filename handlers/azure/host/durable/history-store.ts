import type { Json } from '../../../../core/json.ts';
import type { Arriving, HistoryEvent } from './protocol.ts';

/** Where an orchestration was started as a part of another one. */
export interface ParentLink {
  readonly id: string;
  /** Which execution of the parent: continue-as-new begins the next one. */
  readonly generation: number;
  /** The number of the task there. */
  readonly task: number;
}

export type RuntimeStatus =
  | 'Pending'
  | 'Running'
  | 'Completed'
  | 'Failed'
  | 'Terminated'
  | 'ContinuedAsNew'
  | 'Suspended';

/** A message that somebody was told is accepted, until an episode has taken it. */
export interface Accepted {
  readonly number: number;
  readonly message: Arriving;
}

/** One durable step of an instance. */
export type HistoryRecord =
  | {
      /** An execution begins: nothing before it counts any more. */
      readonly kind: 'started';
      readonly id: string;
      readonly name: string;
      readonly version: string;
      /** JSON text. */
      readonly input: string | null;
      readonly parent?: ParentLink;
      readonly generation: number;
      /** Milliseconds since 1970. */
      readonly created: number;
      readonly at: number;
      readonly status: RuntimeStatus;
      readonly customStatus?: Json;
      readonly accepted: readonly Accepted[];
    }
  | { readonly kind: 'accepted'; readonly accepted: Accepted }
  | {
      readonly kind: 'episode';
      readonly events: readonly HistoryEvent[];
      readonly status: RuntimeStatus;
      readonly at: number;
      /** The accepted message that it took. */
      readonly took?: number;
      readonly customStatus?: Json;
      readonly output?: Json;
      /** Of a failed one, what its parent is told beside the reason. */
      readonly details?: string;
    };

export interface StoredInstance {
  readonly id: string;
  readonly records: readonly HistoryRecord[];
  /** Why it cannot go on, where a part of its records cannot be read. */
  readonly damage?: string;
}

/** Where histories are kept. The calls for one instance follow each other. */
export interface HistoryStore {
  load(): Promise<readonly StoredInstance[]>;
  /** The records of one instance in their order; none where there is no such instance. */
  read(id: string): Promise<readonly HistoryRecord[]>;
  /** Once it resolves, the record outlives the process, and what came before a `started` may be gone. */
  append(id: string, record: HistoryRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Histories that end with the process. */
export function memoryStore(): HistoryStore {
  const instances = new Map<string, HistoryRecord[]>();
  return {
    load: () => Promise.resolve([...instances].map(([id, records]) => ({ id, records: [...records] }))),
    read: (id) => Promise.resolve([...(instances.get(id) ?? [])]),
    append(id, record) {
      const records = instances.get(id);
      if (record.kind === 'started' || records === undefined) instances.set(id, [record]);
      else records.push(record);
      return Promise.resolve();
    },
    remove(id) {
      instances.delete(id);
      return Promise.resolve();
    },
  };
}
