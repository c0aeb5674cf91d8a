import type { SFNClient } from '@aws-sdk/client-sfn';
import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import { type Keyring, makeKeyring } from '../../../core/http/keyring.ts';
import { workflowClient } from '../../../core/http/workflow-client.ts';
import type { Resource, ResourceKind } from '../../../core/resources/access.ts';
import type { BucketClient } from '../../../core/resources/bucket.ts';
import type { QueueClient } from '../../../core/resources/queue.ts';
import type { SecretReader } from '../../../core/resources/secret.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import { absentClients, absentRuns } from '../events/absent.ts';
import { logToStderr } from '../events/log.ts';
import { type AwsRuns, makeRuns } from '../runs/runs.ts';
import { ADMIN_KEY, CLAIMS, type Environment, physical, RUNS, variablesOf } from './environment.ts';

/** Makes clients of what a deployment made, by the names that it gave. */
export interface Makers {
  bucket(name: string): BucketClient;
  queue(at: { readonly url: string; readonly deadUrl: string; readonly attempts: number }): QueueClient;
  table(name: string): TableClient;
  secret(id: string): SecretReader;
  sfn(): SFNClient;
}

export interface RoomParts {
  readonly make: Makers;
  /** @default process.env */
  readonly env?: Environment;
  /** @default JSON lines on standard error */
  readonly log?: Surroundings['log'];
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What the functions of an app have in common. */
export interface Room {
  readonly app: App;
  readonly surroundings: Surroundings;
  readonly runs: AwsRuns;
  keyring(): Promise<Keyring>;
}

/**
 * The room as a function of Lambda finds it. What the environment does not name is missed when it is used, and not before: each call
 * of it rejects with `Unavailable`.
 */
export function openRoom(app: App, { make, env = process.env, log: given, now = Date.now }: RoomParts): Room {
  const adminKey = env[ADMIN_KEY] || undefined;
  const log = given ?? logToStderr(adminKey === undefined ? [] : [adminKey]);
  // Where no key is set nobody has it: what needs one stays shut.
  const keyring = once(() => makeKeyring(adminKey ?? crypto.randomUUID(), now));
  const absent = absentClients(app);
  const runs = once((): AwsRuns => {
    const [table] = physical(RUNS, env) ?? [];
    if (table === undefined) return { ...absentRuns, wait: () => absentRuns.cancel(''), look: absentRuns.cancel };
    const machineArn = (name: string): string => machineOf(name, env);
    return makeRuns({ sfn: make.sfn(), table: make.table(table), machineArn, workflows: workflowsOf(app), now });
  });
  const makers: { readonly [K in ResourceKind]: (names: readonly string[], resource: Resource) => object } = {
    bucket: ([name = '']) => make.bucket(name),
    queue: ([url = '', deadUrl = ''], resource) =>
      make.queue({ url, deadUrl, attempts: 'attempts' in resource ? resource.attempts : 1 }),
    table: ([name = '']) => make.table(name),
    secret: ([id = '']) => make.secret(id),
    workflow: (_, { name }) => workflowClient(name, runs, keyring),
  };
  const made = new Map<string, object>();
  const client = (resource: Resource): object => {
    const slot = `${resource.kind} ${resource.name}`;
    let known = made.get(slot);
    if (known === undefined) {
      const names = resource.kind === 'workflow' ? [] : physical(resource, env);
      known = names === undefined ? absent(resource) : makers[resource.kind](names, resource);
      made.set(slot, known);
    }
    return known;
  };
  const claims = (): BucketClient => client(CLAIMS) as BucketClient;
  return {
    app,
    keyring,
    get runs() {
      return runs();
    },
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

function machineOf(workflow: string, env: Environment): string {
  const resource: Resource = { kind: 'workflow', name: workflow };
  const [arn] = physical(resource, env) ?? [];
  if (arn !== undefined) return arn;
  const [variable] = variablesOf(resource);
  throw new Failure({
    name: 'Unavailable',
    message: `no machine runs the workflow '${workflow}' here: ${variable?.name} is not set`,
  });
}

function workflowsOf(app: App): ReadonlyMap<string, Workflow> {
  return new Map(app.workflows.map((workflow) => [workflow.name, workflow]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
