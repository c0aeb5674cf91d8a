import { Hono } from 'hono';
import type { App } from '../../../core/app.ts';
import { clientsFor } from '../../../core/resources/access.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { absentClients } from '../events/absent.ts';
import { queuesOf } from './in-process/deploy.ts';

/** Sends a request to the function of an app. */
export type Send = (app: App, request: Request) => Promise<Response>;

/**
 * One address before the functions of several apps, each of which has an address of its own on AWS: a request goes to the app whose
 * route, workflow, bucket or queue it names; one for a run goes to each app that has workflows until one knows it; the list of queues
 * is that of all. What every app answers alike, such as the home page, is the first's that has workflows. Under `<app>.localhost`
 * everything is that app's.
 */
export function frontOf(apps: readonly App[], send: Send): (request: Request) => Promise<Response> {
  const withRuns = apps.filter((app) => app.workflows.length > 0);
  const usual = withRuns[0] ?? apps[0];
  const root = new Hono();
  const inTurn = async (candidates: readonly App[], request: Request): Promise<Response> => {
    for (const app of candidates) {
      const response = await send(app, request.clone());
      if (response.status !== 404 || app === candidates.at(-1)) return response;
    }
    return new Response(null, { status: 404 });
  };
  const ofOne = (path: string, belongs: (app: App, name: string) => boolean): void => {
    root.all(path, async (context, next) => {
      const app = apps.find((one) => belongs(one, context.req.param('name') ?? ''));
      return app === undefined ? next() : send(app, context.req.raw);
    });
  };
  ofOne('/workflows/:name/runs', (app, name) => app.workflows.some((one) => one.name === name));
  const keeps = {
    buckets: (app: App, name: string) => declaredResources([app], 'bucket').has(name),
    queues: (app: App, name: string) => queuesOf([app]).some((queue) => queue.name === name),
  };
  for (const [kind, has] of Object.entries(keeps))
    for (const path of [`/${kind}/:name`, `/${kind}/:name/*`]) ofOne(path, has);
  const withQueues = apps.filter((app) => queuesOf([app]).length > 0);
  root.get('/queues', async (context, next) => {
    if (withQueues.length === 0) return next();
    const answers = await Promise.all(withQueues.map((app) => send(app, context.req.raw.clone())));
    const refused = answers.find((answer) => !answer.ok);
    if (refused !== undefined) return refused;
    const lists = await Promise.all(
      answers.map(async (answer) => (await answer.json()) as { items: readonly object[] }),
    );
    return Response.json({ items: lists.flatMap(({ items }) => items) });
  });
  for (const path of ['/runs/:id', '/runs/:id/*', '/ui/runs/:id', '/ui/runs/:id/*'])
    root.all(path, (context) => inTurn(withRuns.length > 0 ? withRuns : apps.slice(0, 1), context.req.raw));
  for (const app of apps) {
    root.all(`/apps/${app.name}`, (context) => send(app, context.req.raw));
    for (const functions of app.http)
      for (const { method, path } of functions.routes(new Hono(), clientsFor(functions.uses, absentClients(app)))
        .routes)
        if (path !== '*' && path !== '/*') root.on(method, path, (context) => send(app, context.req.raw));
  }
  root.all('*', (context) =>
    usual === undefined ? new Response(null, { status: 404 }) : send(usual, context.req.raw),
  );
  return async (request) => {
    const [, name] = /^([^.]+)\.localhost$/.exec(new URL(request.url).hostname) ?? [];
    const own = apps.find((app) => app.name === name);
    return own === undefined ? root.fetch(request) : send(own, request);
  };
}
