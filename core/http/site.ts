import { Hono, type MiddlewareHandler } from 'hono';
import type { App } from '../app.ts';
import { Failure } from '../error.ts';
import { descriptionOf } from '../openapi/describe.ts';
import { openApiApi } from '../openapi/openapi-api.ts';
import { pages } from '../pages/pages.ts';
import { orPage } from '../pages/problem-page.ts';
import { clientsFor, type Resource, type ResourceOf } from '../resources/access.ts';
import type { BucketClient } from '../resources/bucket.ts';
import { declaredResources } from '../resources/declared.ts';
import type { QueueClient } from '../resources/queue.ts';
import { SetupError } from '../setup-error.ts';
import { httpSpans } from '../telemetry/http-spans.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { triggerQueue } from '../triggers/trigger-queue.ts';
import type { Runs } from '../workflow/runs.ts';
import { BODY_LIMIT, limitBody } from './body.ts';
import { bucketsApi } from './buckets-api.ts';
import { failureResponse } from './failure.ts';
import type { Keyring } from './keyring.ts';
import { queuesApi } from './queues-api.ts';
import { runsApi } from './runs-api.ts';

export interface SiteParts {
  readonly apps: readonly App[];
  readonly runs: Runs;
  readonly keyring: Keyring;
  /** The client of a resource, as app routes get it. */
  client(resource: Resource): object;
  /** Told of each error that is a defect. */
  report(id: string, error: unknown): void;
  /** @default none, and no work for it */
  readonly telemetry?: Telemetry | undefined;
}

/** Bytes that one object may have when it is put over HTTP. */
const OBJECT_LIMIT = 1_073_741_824;
const WRITING = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Everything that a room serves over HTTP: the apps' own routes and pages, the home page, runs and buckets.
 *
 * Limits stand before the methods that write only, so that a GET costs no more than its own handler.
 *
 * @throws SetupError where two apps want the same route.
 */
export function site({ apps, runs, keyring, client, report, telemetry }: SiteParts): Hono {
  const root = new Hono();
  if (telemetry !== undefined) root.use(httpSpans(telemetry));
  root.onError((error, context) =>
    // Who hung up gets no answer, and what broke off because of it is no defect.
    context.req.raw.signal.aborted ? new Response(null, { status: 400 }) : failureResponse(error, report),
  );
  root.notFound((context) => {
    const nothing = new Failure({ name: 'NotFound', message: `nothing at ${context.req.path}` });
    return orPage(failureResponse(nothing, report), context, keyring);
  });
  const declared = declaredResources(apps, 'bucket');
  // Objects come before the limit that all other bodies have.
  root.on(WRITING, '/buckets/*', limitBody(OBJECT_LIMIT));
  root.route(
    '/',
    bucketsApi((name) => {
      const found = declared.get(name);
      return found && (client(found) as BucketClient);
    }, keyring),
  );
  root.on(WRITING, '*', limitBody(BODY_LIMIT));
  root.route(
    '/',
    queuesApi(queuesOf(apps), (queue) => client(queue) as QueueClient, keyring),
  );

  root.route('/', pages({ apps, runs, keyring, report }));

  const publicWorkflows = new Set(
    apps.flatMap((app) => app.workflows.filter((one) => one.public).map((one) => one.name)),
  );
  root.route(
    '/',
    runsApi(runs, keyring, (name) => publicWorkflows.has(name)),
  );

  const owners = new Map<string, string>();
  const ownerOf = (method: string, path: string): string | undefined => owners.get(`${method} ${path}`);
  root.route('/', openApiApi({ apps, routes: () => root.routes, ownerOf }));
  const own = new Set(root.routes.map((route) => `${route.method} ${route.path}`));
  const guard: MiddlewareHandler = async (context, next) => {
    await keyring.requireKey(context);
    await next();
  };
  for (const app of apps) {
    const { page } = app;
    if (page !== undefined) root.get(`/apps/${app.name}`, (context) => page(context));
    for (const functions of app.http) {
      const api = functions.routes(new Hono(), clientsFor(functions.uses, client));
      for (const { method, path, handler } of api.routes) {
        const route = `${method} ${path}`;
        const owner = own.has(route) ? 'the room itself' : owners.get(route);
        if (owner !== undefined && owner !== app.name && method !== 'ALL')
          throw new SetupError(`app '${app.name}': the route ${route} belongs to ${owner}`);
        owners.set(route, app.name);
        if (descriptionOf(handler)?.public === false) root.on(method, path, guard);
      }
      root.route('/', api);
    }
  }
  return root;
}

/** The queues of the apps, and those in which the events of their triggers wait. */
function queuesOf(apps: readonly App[]): ReadonlyMap<string, ResourceOf<'queue'>> {
  const waiting = apps.flatMap((app) => app.triggers.map(triggerQueue));
  return new Map([...declaredResources(apps, 'queue'), ...waiting.map((queue) => [queue.name, queue] as const)]);
}
