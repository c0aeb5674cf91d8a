import { once } from 'node:events';
import { createRequire } from 'node:module';
import { serve } from '@hono/node-server';
import * as df from 'durable-functions';
import type { App } from '../../../core/app.ts';
import { makeKeyring } from '../../../core/http/keyring.ts';
import { site } from '../../../core/http/site.ts';
import { workflowClient } from '../../../core/http/workflow-client.ts';
import type { Resource } from '../../../core/resources/access.ts';
import type { TableClient } from '../../../core/resources/table.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { Runs } from '../../../core/workflow/runs.ts';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { managementFetch } from '../../../handlers/azure/host/durable/management.ts';
import type { DurableClientLike } from '../../../handlers/azure/runs/instances.ts';
import { makeRuns } from '../../../handlers/azure/runs/runs.ts';
import { stepWatch } from '../../../handlers/azure/runs/watch.ts';
import type { Orchestration, OrchestrationContext } from '../../../handlers/azure/workflow/durable.ts';
import { ACTIVITY, LANE, ORCHESTRATOR, orchestrate, performActivity } from '../../../handlers/azure/workflow/index.ts';

const KEY = 'the-admin-key';
const PATH = '/runtime/webhooks/durabletask/';

/** The library without the state of a module and of a host; it has no name of its own for this. */
const { createOrchestrator } = createRequire(import.meta.url)('durable-functions/lib/src/util/testingUtils') as {
  createOrchestrator(
    orchestrator: (context: OrchestrationContext) => Orchestration<string>,
  ): (trigger: object, context: object) => Promise<unknown>;
};

export interface AzureRoom {
  readonly runs: Runs;
  readonly durable: Durable;
  readonly durableClient: DurableClientLike;
  /** What a function of the app gets. */
  readonly client: (resource: Resource) => object;
  readonly table: TableClient;
  /** Paths of the requests that the Durable client made. */
  readonly asked: readonly string[];
  /** What another process of the same deployment has. */
  again(client?: DurableClientLike): Runs;
  /** Sends a request with the admin key to the room's API. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface AzureRoomOptions {
  /** The room's own. */
  readonly table: TableClient;
  /** Clients of the app's other resources. @default none */
  readonly client?: (resource: Resource) => object;
  /** @default Date.now */
  readonly now?: () => number;
}

/** An app's runs as they are deployed: the library's own client over HTTP, the library's orchestrators, and an engine on loopback. */
export async function openAzureRoom(app: App, options: AzureRoomOptions): Promise<AzureRoom> {
  const { table, now = Date.now } = options;
  const workflows = new Map(app.workflows.map((workflow) => [workflow.name, workflow]));
  const claims = new Map<string, string>();
  const keyring = await makeKeyring(KEY);
  const surroundings: Surroundings = {
    client: (resource) =>
      resource.kind === 'workflow'
        ? workflowClient(
            resource.name,
            () => runs,
            async () => keyring,
          )
        : (options.client?.(resource) ?? {}),
    claims: { put: async (key, text) => void claims.set(key, text), get: async (key) => claims.get(key) },
    log: () => undefined,
  };
  const orchestrator = createOrchestrator(orchestrate);
  const durable = await openDurable({
    invoker: {
      functions: { orchestrators: [ORCHESTRATOR, LANE], activities: [ACTIVITY] },
      orchestrator: (_, trigger) => orchestrator(JSON.parse(trigger) as object, {}),
      activity: (_, envelope) =>
        performActivity(
          (workflow, step) => workflows.get(workflow)?.steps.get(step),
          String(envelope),
          surroundings,
          new AbortController().signal,
          stepWatch({ client: durableClient, table, now }),
        ),
    },
  });
  const asked: string[] = [];
  const manage = managementFetch(durable, { path: PATH, links: () => ({}), key: 'the-key-of-the-hub' });
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname.slice(PATH.length)}`);
      // The library's client has the key in each URL that the host gives it.
      return manage(
        new Request(`${request.url}${request.url.includes('?') ? '&' : '?'}code=the-key-of-the-hub`, request),
      );
    },
  });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const durableClient = clientAt(`http://127.0.0.1:${port}${PATH}`);
  const again = (other = durableClient): Runs => makeRuns({ client: other, table, workflows, now });
  const runs = again();
  const { fetch } = await site({ apps: [app], runs, keyring, client: surroundings.client, report: () => undefined });
  return {
    ...{ runs, durable, durableClient, client: surroundings.client, table, asked, again },
    fetch: async (path, init = {}) =>
      fetch(
        new Request(`http://room.test${path}`, {
          ...init,
          headers: { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) },
        }),
      ),
    close: async () => {
      await durable.close();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The library's own client, as a function of the app would get it. */
function clientAt(rpcBaseUrl: string): DurableClientLike {
  const input = df.input.durableClient();
  const urls = { id: 'INSTANCEID', statusQueryGetUri: '', sendEventPostUri: '', terminatePostUri: '' };
  const data = {
    ...{ taskHubName: 'hub', rpcBaseUrl, managementUrls: urls },
    creationUrls: { createNewInstancePostUri: '', createAndWaitOnNewInstancePostUri: '' },
  };
  const context = { options: { extraInputs: [input] }, extraInputs: { get: () => data } };
  return df.getClient(context as never);
}
