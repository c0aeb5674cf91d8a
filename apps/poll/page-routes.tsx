import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { Failure } from 'skein';
import type { z } from 'zod';
import { dress, remember, requireOwnPage } from '../dress.ts';
import { isNamed } from '../is-named.ts';
import { retryAfterOf } from '../limits.ts';
import type { Desk } from './desk.ts';
import { CreatePage, NoPollPage, PollPage, type Said } from './page.tsx';
import { edit, question } from './question.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** What people are told of, on the page; anything else is a defect and goes on to the room. */
const STATUS = { InvalidInput: 400, Unauthorized: 401, Conflict: 409, TooManyRequests: 429, Unavailable: 503 } as const;
type Refusal = { readonly status: (typeof STATUS)[keyof typeof STATUS]; readonly said: Said };

export function createPage(c: Context): Response | Promise<Response> {
  dress(c);
  return c.html(<CreatePage />);
}

/** The pages and their forms. They work without a script, too. */
export function pageRoutes(api: Hono, desk: Desk): void {
  api.get('/apps/poll/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  api.get('/apps/poll/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));

  const show = async (c: Context, id: string, refusal?: Refusal): Promise<Response> => {
    const { shown } = await desk.results(id);
    const choice = await welcome(c, desk, id);
    const owner = await isOwner(c, desk, id);
    dress(c);
    const url = new URL(`/apps/poll/${id}`, c.req.url).href;
    const page = <PollPage shown={shown} choice={choice} owner={owner} url={url} said={refusal?.said} />;
    return c.html(page, refusal?.status ?? 200);
  };

  api.post('/apps/poll', async (c) => {
    requireOwnPage(c);
    const form = await formOf(c);
    const asked = { title: form.get('title') ?? '', options: form.get('options') ?? '' };
    try {
      const { id, owner } = await desk.create(c, parsed(question, { ...asked, options: linesOf(asked.options) }));
      remember(c, `/apps/poll/${id}`, 'poll-owner', owner);
      return c.redirect(`/apps/poll/${id}`, 303);
    } catch (error) {
      const { status, said } = refusalOf(c, error, asked);
      dress(c);
      return c.html(<CreatePage said={said} />, status);
    }
  });

  api.get('/apps/poll/:id', async (c) => {
    try {
      return await show(c, c.req.param('id'));
    } catch (error) {
      if (isNamed(error, 'NotFound')) {
        dress(c);
        return c.html(<NoPollPage />, 404);
      }
      throw error;
    }
  });

  api.post('/apps/poll/:id/vote', async (c) => {
    requireOwnPage(c);
    const id = c.req.param('id');
    const option = Number((await formOf(c)).get('option') ?? Number.NaN);
    const cast = async (): Promise<void> => {
      const token = getCookie(c, 'poll-voter');
      if (token === undefined) throw new Failure({ name: 'Unauthorized', message: NO_COOKIE });
      if (!Number.isSafeInteger(option))
        throw new Failure({ name: 'InvalidInput', message: 'Choose an option first.' });
      await desk.vote(c, id, token, option);
    };
    if (c.req.header('accept') === 'application/json') {
      await cast();
      return c.json({ option });
    }
    return done(c, id, show, cast);
  });

  api.post('/apps/poll/:id/manage', async (c) => {
    requireOwnPage(c);
    const id = c.req.param('id');
    const form = await formOf(c);
    const token = getCookie(c, 'poll-owner');
    const act = form.get('act');
    if (act === 'delete') {
      await desk.manage(id, token, (survey) => survey.remove(id));
      return c.redirect('/apps/poll', 303);
    }
    if (act === 'open' || act === 'close')
      return done(c, id, show, () => desk.manage(id, token, (survey) => survey[act](id)));
    const title = form.get('title') ?? undefined;
    // Where somebody has voted, the form sends none.
    const options = form.get('options') ?? undefined;
    return done(
      c,
      id,
      show,
      () =>
        desk.manage(id, token, (survey) =>
          survey.edit(id, parsed(edit, { title, options: options === undefined ? undefined : linesOf(options) })),
        ),
      { title: title ?? '', options },
    );
  });
}

const NO_COOKIE = 'This browser is no voter of this poll yet: allow its cookie, and load the page again.';

/** The page again, where a reload repeats nothing; or the page with what was refused. */
async function done(
  c: Context,
  id: string,
  show: (c: Context, id: string, refusal: Refusal) => Promise<Response>,
  act: () => Promise<unknown>,
  asked?: Said['asked'],
): Promise<Response> {
  try {
    await act();
  } catch (error) {
    return show(c, id, refusalOf(c, error, asked));
  }
  return c.redirect(`/apps/poll/${encodeURIComponent(id)}`, 303);
}

/** Makes whoever comes for the first time a voter. @returns what they have chosen. */
async function welcome(c: Context, desk: Desk, id: string): Promise<number | undefined> {
  try {
    const token = getCookie(c, 'poll-voter');
    if (token !== undefined) return await desk.choiceOf(id, token);
  } catch (error) {
    if (!isNamed(error, 'Unauthorized')) throw error;
  }
  remember(c, `/apps/poll/${id}`, 'poll-voter', await desk.newVoter(c, id));
  return undefined;
}

async function isOwner(c: Context, desk: Desk, id: string): Promise<boolean> {
  const token = getCookie(c, 'poll-owner');
  if (token === undefined) return false;
  return desk.survey.requireOwner(id, token).then(
    () => true,
    () => false,
  );
}

async function formOf(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await c.req.text());
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const LABELS: Readonly<Record<string, string>> = { title: 'The question', options: 'The options' };

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues as [z.core.$ZodIssue];
  const field = String(path[0] ?? 'form');
  const which = typeof path[1] === 'number' ? `Option ${path[1] + 1}` : (LABELS[field] ?? field);
  throw new Failure({ name: 'InvalidInput', message: `${which}: ${message}`, data: { field } });
}

function refusalOf(c: Context, error: unknown, asked?: Said['asked']): Refusal {
  if (!(error instanceof Failure) || !(error.name in STATUS)) throw error;
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) c.header('retry-after', String(seconds));
  const { field } = (error.data ?? {}) as { readonly field?: string };
  return { status: STATUS[error.name as keyof typeof STATUS], said: { text: error.message, field, asked } };
}
