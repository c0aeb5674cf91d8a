import { Hono } from 'hono';
import { invalidInput } from '../error.ts';
import { type ListRuns, type Runs, STATUSES } from '../workflow/runs.ts';
import { readJson } from './body.ts';
import type { Keyring } from './keyring.ts';

/** Runs over HTTP, the same in every room: start, status, steps, list, event, cancel. */
export function runsApi(runs: Runs, keyring: Keyring, isPublic: (workflow: string) => boolean): Hono {
  const api = new Hono();

  api.post('/workflows/:name/runs', async (context) => {
    const name = context.req.param('name');
    if (!isPublic(name)) await keyring.requireKey(context);
    const { id } = await runs.start(name, await readJson(context.req.raw), context.req.header('idempotency-key'));
    const statusUrl = new URL(await keyring.statusPath(id), context.req.url).href;
    return context.json({ id, statusUrl }, 202, { location: statusUrl });
  });

  api.get('/runs', async (context) => {
    await keyring.requireKey(context);
    return context.json(await runs.list(listOptions(context.req.query())));
  });

  api.get('/runs/:id', async (context) => {
    const id = context.req.param('id');
    await keyring.requireStatusRight(context, id);
    return context.json(await runs.status(id), 200, { 'cache-control': 'no-store' });
  });

  api.get('/runs/:id/steps', async (context) => {
    await keyring.requireKey(context);
    return context.json(await runs.steps(context.req.param('id'), context.req.query('cursor')));
  });

  api.post('/runs/:id/events/:name', async (context) => {
    await keyring.requireKey(context);
    const { id, name } = context.req.param();
    await runs.event(id, name, await readJson(context.req.raw), context.req.header('idempotency-key'));
    return context.json({ id }, 202);
  });

  api.post('/runs/:id/cancel', async (context) => {
    await keyring.requireKey(context);
    const id = context.req.param('id');
    await runs.cancel(id);
    return context.json({ id }, 202);
  });

  return api;
}

/** @throws `InvalidInput` */
export function listOptions({ cursor, status, workflow }: Readonly<Record<string, string>>): ListRuns {
  const known = STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined)
    throw invalidInput(`status: must be one of ${STATUSES.join(', ')}`, 'status');
  return {
    ...(cursor !== undefined && { cursor }),
    ...(known !== undefined && { status: known }),
    ...(workflow !== undefined && { workflow }),
  };
}
