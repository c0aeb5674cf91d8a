import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import { type Keyring, makeKeyring } from '../../../core/http/keyring.ts';
import { workflowClient } from '../../../core/http/workflow-client.ts';
import type { Resource, ResourceKind, ResourceOf } from '../../../core/resources/access.ts';
import type { BucketClient } from '../../../core/resources/bucket.ts';
import type { QueueClient } from '../../../core/resources/queue.ts';
import type { SecretReader } from '../../../core/resources/secret.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { Runs } from '../../../core/workflow/runs.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import { workflowsOf } from '../../../core/workflows-of.ts';
import type { Claims } from '../resources/queue-letter.ts';
import type { DurableClientLike } from '../runs/instances.ts';
import { makeRuns } from '../runs/runs.ts';
import { stepWatch } from '../runs/watch.ts';
import type { Watch } from '../workflow/index.ts';
import {
  ADMIN_KEY,
  CLAIMS,
  type Environment,
  FRONT_DOOR_ID,
  physicalName,
  poisonName,
  RUNS,
  setting,
} from './environment.ts';

export interface QueuePlace {
  readonly name: string;
  readonly deadName: string;
  readonly attempts: number;
  /** Where messages lie that are too long for it. */
  readonly claims: Claims;
}

/** Makes clients of what a deployment made, by the names that it gave. */
export interface Makers {
  bucket(container: string): BucketClient;
  queue(at: QueuePlace): QueueClient;
  table(name: string): TableClient;
  secret(name: string): SecretReader;
}

export interface RoomParts {
  readonly make: Makers;
  /** Durable Functions' own client, which is there when a function is called. */
  readonly durable: () => DurableClientLike;
  readonly env: Environment;
  readonly log: Surroundings['log'];
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What the functions of the apps have in common. */
export interface Room {
  readonly apps: readonly App[];
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly surroundings: Surroundings;
  readonly runs: Runs;
  /** What one call of the activity does beside its step. */
  watch(): Watch;
  keyring(): Promise<Keyring>;
  /** Of the Front Door before the app, if there is one. */
  readonly frontDoorId: string | undefined;
}

/**
 * The room as the functions of a Functions app find it. Clients are made when they are first asked for.
 *
 * @throws SetupError where two apps do not go together.
 */
export function openRoom(apps: readonly App[], { make, durable, env, log, now = Date.now }: RoomParts): Room {
  const adminKey = setting(env, ADMIN_KEY);
  // Where no key is set nobody has it: what needs one stays shut.
  const keyring = once(() => makeKeyring(adminKey ?? crypto.randomUUID(), now));
  const workflows = workflowsOf(apps);
  const runs = once(() =>
    workflows.size === 0 ? noRuns : makeRuns({ client: durable(), table: table(), workflows, now }),
  );
  const made = new Map<string, object>();
  const clientOf = foldResource<object>({
    bucket: (bucket) => make.bucket(physicalName(bucket)),
    queue: (queue) =>
      make.queue({
        name: physicalName(queue),
        deadName: poisonName(queue.name),
        attempts: queue.attempts,
        claims: claimsOf(queue.name),
      }),
    table: (table) => make.table(physicalName(table)),
    secret: ({ name }) => make.secret(name),
    workflow: ({ name }) => workflowClient(name, runs, keyring),
  });
  const client = (resource: Resource): object => {
    const slot = `${resource.kind} ${resource.name}`;
    const known = made.get(slot) ?? clientOf(resource);
    made.set(slot, known);
    return known;
  };
  const table = (): TableClient => client(RUNS) as TableClient;
  const claims = (): BucketClient => client(CLAIMS) as BucketClient;
  const claimsOf = (queue: string): Claims => {
    const at = (key: string): string => `queues/${queue}/${key}`;
    return {
      put: (key, ...rest) => claims().put(at(key), ...rest),
      get: (key, ...rest) => claims().get(at(key), ...rest),
      delete: (key, ...rest) => claims().delete(at(key), ...rest),
    };
  };
  return {
    apps,
    workflows,
    keyring,
    frontDoorId: setting(env, FRONT_DOOR_ID),
    get runs() {
      return runs();
    },
    watch: () => stepWatch({ client: durable(), table: table(), now }),
    surroundings: {
      client,
      claims: {
        put: async (key, text) => void (await claims().put(key, text, { contentType: 'application/json' })),
        get: async (key) => (await claims().get(key))?.text(),
      },
      log,
    },
  };
}

const noWorkflow = (): Promise<never> =>
  Promise.reject(new Failure({ name: 'Unavailable', message: 'none of the apps here has a workflow' }));

/** Neither a table nor Durable Functions is needed where nothing can be run. */
const noRuns: Runs = {
  start: noWorkflow,
  status: noWorkflow,
  definition: noWorkflow,
  steps: noWorkflow,
  list: noWorkflow,
  event: noWorkflow,
  cancel: noWorkflow,
};

type ResourceCases<R> = { readonly [K in ResourceKind]: (resource: ResourceOf<K>) => R };

function foldResource<R>(cases: ResourceCases<R>): (resource: Resource) => R {
  return (resource) => (cases[resource.kind] as (resource: Resource) => R)(resource);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
