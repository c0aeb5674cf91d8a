import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/error.ts';
import type { Keyring } from '../../core/http/keyring.ts';
import type { Redactor } from '../../core/redact.ts';
import type { Resource, ResourceKind, ResourceOf } from '../../core/resources/access.ts';
import type { BucketClient } from '../../core/resources/bucket.ts';
import type { QueueClient } from '../../core/resources/queue.ts';
import type { TableClient } from '../../core/resources/table.ts';
import { openBuckets } from './bucket.ts';
import { type Faults, noFaults } from './fault.ts';
import { openQueues } from './queue.ts';
import { openSecrets } from './secret.ts';
import { openTables } from './table.ts';

export interface ResourcesOptions {
  /** The data folder. */
  readonly folder: string;
  readonly keyring: Keyring;
  readonly redactor: Redactor;
  /** Where `SKEIN_SECRET_*` is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default none */
  readonly fault?: Faults;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** For the one that owns the folder: deletes what a crash left behind. @default false */
  readonly sweep?: boolean;
  /** The traceparent that messages take along to whoever receives them. @default none */
  trace?(): string | undefined;
  /** The client of a workflow. @default there is none */
  workflow?(name: string): object;
}

export interface Resources {
  client(resource: Resource): object;
  bucket(name: string): BucketClient;
  queue(resource: ResourceOf<'queue'>): QueueClient;
  /** Gives back what a process before this one had of a queue. */
  reclaim(queue: string): Promise<void>;
  table(name: string): TableClient;
  close(): void;
}

/** Where a folder has the index of its objects. */
export function objectIndex(folder: string): string {
  return join(folder, 'buckets', 'index.db');
}

/** Opens everything that functions use, over one data folder; each thread opens it for itself. */
export function openResources(options: ResourcesOptions): Resources {
  const {
    folder,
    keyring,
    redactor,
    env,
    fault = noFaults,
    now,
    sweep = false,
    trace,
    workflow = absentWorkflow,
  } = options;
  mkdirSync(join(folder, 'buckets'), { recursive: true });
  const clock = now === undefined ? {} : { now };
  const secrets = openSecrets({ folder: join(folder, 'secrets'), env, redactor });
  const buckets = openBuckets({ folder: join(folder, 'buckets'), fault, sweep, sign: keyring.objectUrl });
  const queues = openQueues({ file: join(folder, 'queues.db'), fault, ...(trace && { trace }), ...clock });
  const tables = openTables({ file: join(folder, 'tables.db'), fault, ...clock });
  const clients: { readonly [K in ResourceKind]: (resource: ResourceOf<K>) => object } = {
    bucket: ({ name }) => buckets.bucket(name),
    queue: (resource) => queues.queue(resource),
    table: ({ name }) => tables.table(name),
    secret: ({ name }) => secrets.secret(name),
    workflow: ({ name }) => workflow(name),
  };
  return {
    client: (resource) => (clients[resource.kind] as (resource: Resource) => object)(resource),
    bucket: (name) => buckets.bucket(name),
    queue: (resource) => queues.queue(resource),
    reclaim: queues.reclaim,
    table: (name) => tables.table(name),
    close() {
      queues.close();
      tables.close();
      buckets.close();
    },
  };
}

function absentWorkflow(name: string): never {
  throw new Failure({ name: 'Unsupported', message: `a thread has no client for the workflow '${name}'` });
}
