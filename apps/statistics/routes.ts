import type { Context, Hono } from 'hono';
import { type Clients, describe, Failure, http } from 'skein';
import { z } from 'zod';
import { isNamed } from '../is-named.ts';
import { deadPage } from './dead-page.tsx';
import { deadScript } from './dead-script.ts';
import { exactBody } from './exact-body.ts';
import { asked, canonical, MOST_DIGITS, MOST_NUMBERS } from './integers.ts';
import { answerPage, gonePage, refusedPage } from './page.tsx';
import { answer, answerKey, answers, pending, requests } from './resources.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** Milliseconds after which a request that nobody answered is forgotten: a day to mend what stands in its way. */
const PENDING_LIFE = 86_400_000;
/** An id is looked for only where it can be one. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** An answer is for who asked, and its URL is the right to it. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

const askDescription = describe({
  summary: 'Min, max, median and mean of whole numbers',
  description: `1 to ${MOST_NUMBERS} numbers of at most ${MOST_DIGITS} digits. Or a form with the field \`numbers\`: \`4, 5, 2\`.`,
  body: asked,
  responses: {
    202: {
      description: 'Where the answer will be, for an hour. The URL is a secret: who knows it may read.',
      schema: z.object({ id: z.uuid(), answerUrl: z.url() }),
    },
  },
});
const answerDescription = describe({
  summary: 'An answer',
  params: z.object({ id: z.string() }),
  responses: {
    200: { description: 'Numbers are decimal texts, because they may be of any size.', schema: answer },
    202: { description: 'Not yet; `Retry-After` says in how many seconds to ask again.', schema: pending },
    404: { description: 'A problem: no such request, or it is over for an hour.' },
  },
});

const uses = { answers: answers.all, requests: requests.write };

/** Takes requests, gives answers, and what the pages need. */
export const routes = http('statistics', { uses, routes: addRoutes });

function addRoutes(api: Hono, { answers, requests }: Clients<typeof uses>): Hono {
  const ask = async (numbers: readonly unknown[]): Promise<string> => {
    const id = crypto.randomUUID();
    const askedAt = new Date();
    const expiresAt = new Date(askedAt.getTime() + PENDING_LIFE);
    // First the note that somebody waits: an answer may be quicker than this request.
    await answers.create(answerKey(id), { id, status: 'pending' }, { expiresAt });
    await requests.send({ id, askedAt: askedAt.toISOString(), numbers: canonical(numbers) }, { key: id });
    return id;
  };
  const answerOf = async (id: string) => {
    const found = ID.test(id) ? await answers.get(answerKey(id)) : undefined;
    if (found !== undefined) return found.value;
    throw new Failure({ name: 'NotFound', message: 'no such request, or its answer is no longer kept' });
  };

  api.post('/statistics', exactBody, askDescription, async (c) => {
    const id = await ask(c.req.valid('json').numbers);
    const answerUrl = new URL(`/statistics/${id}`, c.req.url).href;
    return c.json({ id, answerUrl }, 202, { ...PRIVATE, location: answerUrl, 'retry-after': '1' });
  });
  api.get('/statistics/:id', answerDescription, async (c) => {
    const found = await answerOf(c.req.valid('param').id);
    return found.status === 'done'
      ? c.json(found, 200, PRIVATE)
      : c.json(found, 202, { ...PRIVATE, 'retry-after': '1' });
  });

  // The page's form where there is no script.
  api.post('/apps/statistics/ask', exactBody, async (c) => {
    const sent: unknown = await c.req.raw.json();
    const given = asked.safeParse(sent);
    if (!given.success) return refusedPage(c, given.error, sent);
    return c.redirect(`/apps/statistics/answers/${await ask(given.data.numbers)}`, 303);
  });
  api.get('/apps/statistics/answers/:id', async (c) => {
    for (const [name, value] of Object.entries(PRIVATE)) c.header(name, value);
    try {
      return await answerPage(c, await answerOf(c.req.param('id')));
    } catch (error) {
      if (isNamed(error, 'NotFound')) return gonePage(c);
      throw error;
    }
  });
  api.get('/apps/statistics/dead', deadPage);
  for (const [path, type, text] of ASSETS)
    api.get(`/apps/statistics/${path}`, (c: Context) =>
      c.body(text, 200, { 'content-type': `${type}; charset=utf-8` }),
    );
  return api;
}

const ASSETS = [
  ['style.css', 'text/css', style],
  ['page.js', 'text/javascript', script],
  ['dead.js', 'text/javascript', deadScript],
] as const;
