import type { App } from '../../../../core/app.ts';
import type { ErrorValue } from '../../../../core/error.ts';
import { Failure } from '../../../../core/error.ts';
import { makeKeyring } from '../../../../core/http/keyring.ts';
import { site } from '../../../../core/http/site.ts';
import { workflowClient } from '../../../../core/http/workflow-client.ts';
import type { Json } from '../../../../core/json.ts';
import type { Log } from '../../../../core/log.ts';
import {
  type Clients,
  clientsFor,
  type Resource,
  type ResourceKind,
  type Uses,
} from '../../../../core/resources/access.ts';
import { declaredResources } from '../../../../core/resources/declared.ts';
import type { TableClient } from '../../../../core/resources/table.ts';
import { SetupError } from '../../../../core/setup-error.ts';
import type { Surroundings } from '../../../../core/workflow/invoke.ts';
import { lambda } from '../../events/lambda.ts';
import { controlEntry } from '../../functions/control-entry.ts';
import { scheduledInQueue } from '../../functions/scheduled-in-queue.ts';
import { triggerEntry } from '../../functions/trigger-entry.ts';
import type { HttpResult } from '../../http/http-kind.ts';
import { bucketOn } from '../../resources/bucket.ts';
import { queueOn } from '../../resources/queue.ts';
import { makeRuns } from '../../runs/runs.ts';
import type { StepPayload } from '../../workflow/index.ts';
import { openCloud } from '../cloud.ts';
import { frontOf } from '../front.ts';
import { fromHttpApiResult, toHttpApiEvent } from '../http-api.ts';
import type { Execution } from '../states/execution.ts';
import { idleClock } from '../states/idle-clock.ts';
import { stopQueuedItems } from '../states/interpreter.ts';
import { realTime } from '../states/step-functions.ts';
import { ACCOUNT } from '../template.ts';
import { FAUXQS_WANTED, hasFauxqs } from '../tools.ts';
import { CONTROL, deployed, machineArn, queuesOf, stepsArn, triggerArn } from './deploy.ts';
import { memoryTable } from './memory-table.ts';
import { stepOn } from './step-on.ts';

export type Outcome = { readonly output: Json } | { readonly error: ErrorValue };

export interface DevOptions {
  /** Taken for the sake of other rooms: here nothing is kept. */
  readonly data?: string;
  /** `'virtual'` jumps to the next alarm instead of waiting. @default the system's */
  readonly clock?: 'virtual';
  /** @default none */
  readonly log?: Log;
  /** Where `SKEIN_ADMIN_KEY` and `SKEIN_SECRET_*` are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A room in this process, for tests and tools; every room's `dev` module opens one like it. */
export interface Dev {
  /** The admin key that `fetch` wants for management routes. */
  readonly adminKey: string;
  fetch(request: Request): Promise<Response>;
  start(workflow: string, input: Json, options?: { readonly id?: string }): Promise<{ id: string; created: boolean }>;
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  /** Sending twice with one key sends once. */
  event(id: string, name: string, data: Json, options?: { readonly key?: string }): Promise<void>;
  cancel(id: string): Promise<void>;
  /** What a function with these `uses` would get: `clients({ votes: votes.write }).votes.send(…)`. */
  clients<U extends Uses>(uses: U): Clients<U>;
  /** Every step call so far, one an attempt. */
  calls(id: string): Promise<readonly { step: string; key: string; input: Json }[]>;
  close(): Promise<void>;
}

stopQueuedItems();

/**
 * Apps as AWS runs them, in one process: workflows are compiled to States Language and run on aws-local-stepfunctions, requests go
 * through the events of an HTTP API, messages through SQS. Buckets and queues are fauxqs's, tables are in memory; nothing is kept.
 *
 * @throws SetupError where buckets or queues are declared and the emulator is not installed.
 */
export async function open(app: App | readonly App[], options: DevOptions = {}): Promise<Dev> {
  const apps = Array.isArray(app) ? (app as readonly App[]) : [app as App];
  const { clock, log = () => undefined, env = process.env } = options;
  const adminKey = env.SKEIN_ADMIN_KEY || crypto.randomUUID() + crypto.randomUUID();
  const queues = queuesOf(apps);
  const objects = queues.length > 0 || declaredResources(apps, 'bucket').size > 0;
  if (objects && !hasFauxqs)
    throw new SetupError(`the apps have buckets or queues, and their emulator is not installed: ${FAUXQS_WANTED}`);
  const time =
    clock === 'virtual' ? idleClock({ idle: 4, busy: 20, looks: 4 }) : { ...realTime, busy: same, hold: same };
  const closed = new AbortController();
  const ended = new Map<string, PromiseWithResolvers<void>>();
  const endOf = (id: string): PromiseWithResolvers<void> => {
    const known = ended.get(id) ?? Promise.withResolvers<void>();
    ended.set(id, known);
    return known;
  };
  const keyring = await makeKeyring(adminKey);
  const tables = new Map<string, TableClient>();
  const tableOf = (name: string): TableClient => {
    const known = tables.get(name) ?? memoryTable(Date.now);
    tables.set(name, known);
    return known;
  };
  const claims = new Map<string, string>();

  const handlers = new Map<string, (event: Json) => Promise<unknown>>();
  const cloud = await openCloud({
    time,
    log,
    needs: { objects, tables: false },
    deploymentAt: () => deployed(apps),
    secretsOf: () => [],
    onEnd({ name, status }: Execution) {
      endOf(name).resolve();
      if (status === 'ABORTED') steps.stop(name);
    },
    async invoke(arn, event) {
      const handler = handlers.get(arn);
      if (handler === undefined) throw new Error(`there is no function ${arn}`);
      // A step may wait for what never comes; everything else comes to its end.
      const work = Promise.resolve(handler(event));
      return ((await (arn.startsWith(stepsArn('')) ? time.busy(work) : time.hold(work))) ?? null) as Json;
    },
  });
  const workflows = new Map(apps.flatMap((one) => one.workflows.map((workflow) => [workflow.name, workflow] as const)));
  const runs = makeRuns({ sfn: cloud.states.client, table: tableOf('skein-runs'), machineArn, workflows });
  const url = (name: string): string => `${cloud.gate.address}/${ACCOUNT}/${name}`;
  const made = new Map<string, object>();
  const makers: { readonly [K in ResourceKind]: (resource: Resource) => object } = {
    bucket: ({ name }) => bucketOn(cloud.own.s3, name),
    queue: ({ name }) =>
      queueOn(cloud.own.sqs, {
        ...{ url: url(name), deadUrl: url(`${name}-dead`) },
        attempts: queues.find((queue) => queue.name === name)?.attempts ?? 1,
      }),
    table: ({ name }) => tableOf(name),
    secret: ({ name }) => ({ get: async () => secretOf(name, env) }),
    workflow: ({ name }) =>
      workflowClient(
        name,
        () => runs,
        async () => keyring,
      ),
  };
  const client = (resource: Resource): object => {
    const slot = `${resource.kind} ${resource.name}`;
    const known = made.get(slot) ?? makers[resource.kind](resource);
    made.set(slot, known);
    return known;
  };
  const surroundings: Surroundings = {
    client,
    claims: {
      put: async (key, text) => void claims.set(key, text),
      get: async (key) => claims.get(key),
    },
    log,
  };
  const steps = stepOn({ surroundings, time, signal: closed.signal });
  for (const workflow of workflows.values())
    handlers.set(stepsArn(workflow.name), (event) => steps.perform(workflow, event as unknown as StepPayload));
  handlers.set(CONTROL, controlEntry({ runs }));
  for (const one of apps)
    for (const trigger of one.triggers) {
      const entry = triggerEntry({ app: { ...one, triggers: [trigger] }, surroundings });
      handlers.set(triggerArn(trigger), trigger.kind === 'schedule' ? scheduledInQueue(entry) : entry);
    }
  const report = (id: string, error: unknown): void => log('request failed', { id, error: String(error) });
  const fetches = new Map(
    apps.map((one) => [
      one.name,
      lambda(one, { client, log, fetch: site({ apps: [one], runs, keyring, client, report }).fetch }),
    ]),
  );
  const front = frontOf(apps, async ({ name }, request) => {
    const event = await toHttpApiEvent(request, new URL(request.url).host);
    return fromHttpApiResult((await fetches.get(name)?.(event)) as HttpResult);
  });
  cloud.begin();
  return {
    adminKey,
    fetch: (request) => time.hold(front(request)),
    start: (workflow, input, { id } = {}) => time.hold(runs.start(workflow, input, id)),
    async result(id) {
      // Of a run that is not there there is no end, nor a call.
      await runs.definition(id);
      await endOf(id).promise;
      const { output = null, error } = await runs.status(id);
      return error === undefined ? { output } : { error };
    },
    event: (id, name, data, { key } = {}) => time.hold(runs.event(id, name, data, key)),
    cancel: (id) => time.hold(runs.cancel(id)),
    clients: (uses) => clientsFor(uses, client),
    async calls(id) {
      await runs.definition(id);
      return steps.callsOf(id);
    },
    async close() {
      closed.abort(new Error('closed'));
      await cloud.close();
      if ('stop' in time) time.stop();
    },
  };
}

function same<T>(work: Promise<T>): Promise<T> {
  return work;
}

function secretOf(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const variable = `SKEIN_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
  const value = env[variable];
  if (value) return value;
  throw new Failure({ name: 'SecretNotSet', message: `the secret '${name}' is not set: set ${variable}` });
}
