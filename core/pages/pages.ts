import { type Context, Hono } from 'hono';
import type { App } from '../app.ts';
import { Failure } from '../error.ts';
import { readJson } from '../http/body.ts';
import { failureResponse } from '../http/failure.ts';
import { isForeign } from '../http/is-foreign.ts';
import type { Keyring } from '../http/keyring.ts';
import { listOptions } from '../http/runs-api.ts';
import { plainName } from '../workflow/names.ts';
import type { Runs, StepRecord } from '../workflow/runs.ts';
import type { Refused } from './actions.ts';
import { noticePage } from './frame.ts';
import { homePage, type Recent } from './home.ts';
import { icon } from './icon.ts';
import { ownPath } from './own-path.ts';
import { pageResponse } from './page-response.ts';
import { orPage } from './problem-page.ts';
import { runListPage } from './run-list.ts';
import { isSaid, type RunParts, runPage } from './run-page.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export interface PagesParts {
  readonly apps: readonly App[];
  readonly runs: Runs;
  readonly keyring: Keyring;
  /** Told of each error that is a defect. */
  report(id: string, error: unknown): void;
}

const RECENT = 5;
/** Steps that a run's page reads at most: a larger run shows the states of these. */
const STEPS = 10_000;

/** The pages that every room serves to people: home, login, runs. What programs ask for is elsewhere. */
export function pages({ apps, runs, keyring, report }: PagesParts): Hono {
  const site = new Hono();
  const workflows = apps.flatMap((app) => app.workflows.map((one) => one.name)).sort();

  site.onError((error, context) => orPage(failureResponse(error, report), context, keyring));

  const asset = (path: string, type: string, text: string): void => {
    site.get(path, (context) => {
      const headers = { 'content-type': type, 'cache-control': 'max-age=300', 'x-content-type-options': 'nosniff' };
      return context.body(text, 200, headers);
    });
  };
  asset('/skein.css', 'text/css; charset=utf-8', style);
  asset('/ui/live.js', 'text/javascript; charset=utf-8', script);
  asset('/favicon.svg', 'image/svg+xml', icon);
  asset('/favicon.ico', 'image/svg+xml', icon);

  /** The newest runs; the apps are to be seen also where runs are not to be had. */
  const recent = async (): Promise<Recent> => {
    try {
      return { items: (await runs.list({})).items.slice(0, RECENT) };
    } catch (error) {
      if (error instanceof Failure && error.name === 'Unavailable') return { items: [], unavailable: error.message };
      throw error;
    }
  };
  site.get('/', async (context) => {
    const { next } = context.req.query();
    if (!(await keyring.hasKey(context)))
      return pageResponse(homePage({ apps, ...(next !== undefined && { next: ownPath(next) }) }));
    if (next !== undefined) return context.redirect(ownPath(next), 303);
    return pageResponse(homePage({ apps, recent: await recent() }));
  });

  // Not refused to other sites: who sends it must know the key.
  site.post('/login', async (context) => {
    const form = await fieldsOf(context);
    const next = ownPath(form.next);
    try {
      await keyring.logIn(context, form.key ?? '');
    } catch (error) {
      const wanted = context.req.header('accept')?.includes('text/html') ?? false;
      if (!wanted || !(error instanceof Failure) || error.name !== 'Unauthorized') throw error;
      const refused = 'This is not the admin key. Nothing was changed; try again.';
      return pageResponse(homePage({ apps, next, refused }), 401);
    }
    return context.redirect(next, 303);
  });

  site.post('/logout', async (context) => {
    if (isForeign(context)) return foreign(context);
    keyring.logOut(context);
    return context.redirect('/', 303);
  });

  const foreign = async (context: Context): Promise<Response> => {
    const detail =
      'This form came from another site, or your browser did not say from where; nothing was done. Open this page over https, or on the machine itself.';
    return pageResponse(noticePage({ title: 'Refused', detail }, await keyring.hasKey(context)), 403);
  };
  const toLogin = (context: Context, path: string): Response =>
    context.redirect(`/?next=${encodeURIComponent(path)}`, 303);

  site.get('/ui/runs', async (context) => {
    const { pathname, search } = new URL(context.req.url);
    if (!(await keyring.hasKey(context))) return toLogin(context, `${pathname}${search}`);
    // A form without a choice sends empty fields.
    const filled = Object.entries(context.req.query()).filter(([, value]) => value !== '');
    const asked = listOptions(Object.fromEntries(filled));
    return pageResponse(runListPage({ page: await runs.list(asked), asked, workflows }));
  });

  const partsOf = async (id: string): Promise<RunParts> => {
    const run = await runs.status(id);
    const steps: StepRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await runs.steps(id, cursor);
      steps.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined && steps.length < STEPS);
    return { run, ir: await runs.definition(id), steps, more: cursor !== undefined };
  };

  site.get('/ui/runs/:id', async (context) => {
    const { pathname, search } = new URL(context.req.url);
    if (!(await keyring.hasKey(context))) return toLogin(context, `${pathname}${search}`);
    const { node, page, said } = context.req.query();
    const parts = await partsOf(context.req.param('id'));
    return pageResponse(
      runPage({
        ...parts,
        page: page !== undefined && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
        ...(node !== undefined && { node }),
        ...(isSaid(said) && { said }),
      }),
    );
  });

  /** Does what a form asks, then shows the run; or shows it at once, with what was refused. */
  const act = async (
    context: Context,
    said: 'sent' | 'cancelled',
    perform: (id: string) => Promise<void>,
    refusedOf: (error: Failure) => Refused,
  ): Promise<Response> => {
    const id = context.req.param('id') ?? '';
    const path = `/ui/runs/${encodeURIComponent(id)}`;
    if (isForeign(context)) return foreign(context);
    if (!(await keyring.hasKey(context))) return toLogin(context, path);
    try {
      await perform(id);
    } catch (error) {
      const status = error instanceof Failure ? failureResponse(error, () => undefined).status : 500;
      if (!(error instanceof Failure) || status === 404 || status >= 500) throw error;
      return pageResponse(runPage({ ...(await partsOf(id)), page: 1, refused: refusedOf(error) }), status);
    }
    return context.redirect(`${path}?said=${said}`, 303);
  };

  site.post('/ui/runs/:id/cancel', (context) =>
    act(
      context,
      'cancelled',
      (id) => runs.cancel(id),
      ({ message }) => ({ message }),
    ),
  );

  site.post('/ui/runs/:id/events', async (context) => {
    const { name = '', data = '', key } = await fieldsOf(context);
    const body = new Request(context.req.url, { method: 'POST', body: data });
    return act(
      context,
      'sent',
      async (id) => runs.event(id, name, await readJson(body), key),
      (error) => ({ ...whereRefused(error, name), name, data }),
    );
  });

  return site;
}

/** The field of the event's form that an error is about: what is not its name, or the run itself, is its data. */
function whereRefused({ name: error, message }: Failure, name: string): Refused {
  if (error !== 'InvalidInput' && error !== 'PayloadTooLarge') return { message };
  return { message: message.replace(/^(body|name): /, ''), field: plainName(name) ? 'data' : 'name' };
}

async function fieldsOf(context: Context): Promise<Partial<Record<string, string>>> {
  const body = await context.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}
