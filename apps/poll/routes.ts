import type { Context, Hono } from 'hono';
import { describe, http } from 'skein';
import { z } from 'zod';
import { bearerOf } from '../owner-token.ts';
import { type Desk, deskOf, type PollOptions } from './desk.ts';
import { pageRoutes } from './page-routes.tsx';
import { edit, question } from './question.ts';
import { uses } from './tables.ts';

const shown = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  votes: z.number(),
  options: z.array(z.object({ id: z.number(), text: z.string(), votes: z.number() })),
  createdAt: z.string(),
});
const vote = z.strictObject({ voter: z.string(), option: z.int() });

const tooMany = { description: 'A problem: too much at once; `Retry-After` says when to come again.' };
const conflict = (description: string) => ({ description: `A problem: ${description}` });
const OWNER = "With the owner's token: `Authorization: Bearer <owner>`.";

const described = {
  create: describe({
    summary: 'Create a poll',
    body: question,
    responses: {
      201: {
        description: '`owner` is told this once.',
        schema: z.object({ id: z.string(), owner: z.string(), url: z.string() }),
      },
      429: tooMany,
    },
  }),
  list: describe({ summary: 'List all polls', query: z.object({ cursor: z.string().optional() }), public: false }),
  read: describe({
    summary: 'A poll and its results',
    description:
      'At most 1 second old. Has an `ETag`; with it in `If-None-Match` the answer is 304 until something changes.',
    responses: { 200: { description: 'The results', schema: shown }, 304: { description: 'Nothing changed.' } },
  }),
  live: describe({
    summary: 'Results as they change',
    description:
      'Server-sent events: `results`, whose data is that of `GET /polls/{id}`, and `closed` at the end. A stream ends after some seconds, and `EventSource` comes again.',
    responses: { 200: { description: '`text/event-stream`' }, 429: tooMany },
  }),
  voter: describe({
    summary: 'Become a voter',
    responses: { 201: { description: 'Good for this poll.', schema: z.object({ voter: z.string() }) }, 429: tooMany },
  }),
  vote: describe({
    summary: 'Vote',
    description: 'Once for each voter, however often it is sent; another option replaces the first.',
    body: vote,
    responses: {
      200: { description: 'Counted.', schema: z.object({ option: z.number() }) },
      409: conflict('the poll is closed.'),
      429: tooMany,
    },
  }),
  edit: describe({
    summary: 'Edit a poll',
    description: OWNER,
    body: edit,
    responses: {
      200: { description: 'The poll', schema: shown },
      409: conflict('somebody has voted, and options would change.'),
    },
  }),
  remove: describe({
    summary: 'Delete a poll and its votes',
    description: OWNER,
    responses: { 204: { description: 'Gone.' } },
  }),
  open: describe({
    summary: 'Open a poll',
    description: OWNER,
    responses: { 200: { description: 'Open.', schema: shown } },
  }),
  close: describe({
    summary: 'Close a poll',
    description: `${OWNER} The results that are answered are final.`,
    responses: { 200: { description: 'Closed.', schema: shown } },
  }),
  takeDown: describe({ summary: "Delete anybody's poll", responses: { 204: { description: 'Gone.' } }, public: false }),
};

/** The service and its pages. */
export function routesOf(options: PollOptions = {}) {
  return http('poll', {
    uses,
    routes: (api, stores) => {
      const desk = deskOf(stores, options);
      apiRoutes(api, desk);
      pageRoutes(api, desk);
      return api;
    },
  });
}

function apiRoutes(api: Hono, desk: Desk): void {
  const fresh = async (c: Context, id: string) => c.json((await desk.fresh(id)).shown);

  api.post('/polls', described.create, async (c) => {
    const { id, owner } = await desk.create(c, c.req.valid('json'));
    const url = new URL(`/apps/poll/${id}`, c.req.url).href;
    return c.json({ id, owner, url }, 201, { location: `/polls/${id}` });
  });
  api.get('/polls', described.list, async (c) => c.json(await desk.survey.list(c.req.valid('query').cursor)));

  api.get('/polls/:id', described.read, async (c) => {
    const { body, etag } = await desk.results(c.req.param('id'));
    const headers = { etag, 'cache-control': 'no-cache' };
    const known = c.req.header('if-none-match')?.split(',') ?? [];
    if (known.some((one) => one.trim().replace(/^W\//, '') === etag)) return c.body(null, 304, headers);
    return c.body(body, 200, { ...headers, 'content-type': 'application/json' });
  });
  api.get('/polls/:id/live', described.live, async (c) =>
    c.body(await desk.live(c.req.param('id'), c.req.header('last-event-id')), 200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    }),
  );

  api.post('/polls/:id/voters', described.voter, async (c) =>
    c.json({ voter: await desk.newVoter(c, c.req.param('id')) }, 201, { 'cache-control': 'no-store' }),
  );
  api.post('/polls/:id/votes', described.vote, async (c) => {
    const { voter, option } = c.req.valid('json');
    await desk.vote(c, c.req.param('id'), voter, option);
    return c.json({ option });
  });

  api.patch('/polls/:id', described.edit, async (c) => {
    const id = c.req.param('id');
    await desk.manage(id, bearerOf(c), (survey) => survey.edit(id, c.req.valid('json')));
    return fresh(c, id);
  });
  for (const act of ['open', 'close'] as const)
    api.post(`/polls/:id/${act}`, described[act], async (c) => {
      const id = c.req.param('id');
      await desk.manage(id, bearerOf(c), (survey) => survey[act](id));
      return fresh(c, id);
    });
  api.delete('/polls/:id', described.remove, async (c) => {
    const id = c.req.param('id');
    await desk.manage(id, bearerOf(c), (survey) => survey.remove(id));
    return c.body(null, 204);
  });
  api.post('/polls/:id/take-down', described.takeDown, async (c) => {
    const id = c.req.param('id');
    await desk.moderate(id, (survey) => survey.remove(id));
    return c.body(null, 204);
  });
}
