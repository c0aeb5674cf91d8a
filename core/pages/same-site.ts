import type { Context } from 'hono';

/** No name of the internet: what resolves against it and stays on it is a path of our own. */
const NOWHERE = 'http://skein.invalid';

/** The path to go on to after a login: `/` for anything that would leave this site. */
export function ownPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, NOWHERE)) return '/';
  const { origin, pathname, search } = new URL(next, NOWHERE);
  // What was parsed counts, not what was given: `/\host`, `/<tab>/host` and `/.//host` are other hosts, too.
  return origin === NOWHERE && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}

/**
 * Whether a form may have been sent by another site's page.
 *
 * `Sec-Fetch-Site` is what a browser itself says: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header. It is not sent to
 * plain http on another machine, and there `Origin` is `null` because our pages send no referrer. Programs send neither.
 */
export function isForeign(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = context.req.header('origin');
  if (origin === undefined) return false;
  const host = context.req.header('host') ?? new URL(context.req.url).host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
