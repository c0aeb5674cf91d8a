import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { Failure } from 'skein';

/** Seconds that a browser remembers who it was. */
const LIFE = 7_776_000;

/**
 * The headers of a page that shows what strangers wrote.
 *
 * @param connect other places that its script may send requests to, as Content-Security-Policy names them.
 */
export function dress(c: Context, connect: readonly string[] = []): void {
  c.header(
    'content-security-policy',
    `default-src 'none'; style-src 'self'; script-src 'self'; connect-src ${["'self'", ...connect].join(' ')}; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  c.header('referrer-policy', 'no-referrer');
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', 'no-store');
}

/** Has the browser send a token with its requests below `path`. `Lax`: also where somebody follows a link, not with a form of another site. */
export function remember(c: Context, path: string, name: string, value: string): void {
  setCookie(c, name, value, {
    httpOnly: true,
    sameSite: 'Lax',
    path,
    maxAge: LIFE,
    secure: new URL(c.req.url).protocol === 'https:',
  });
}

/**
 * Refuses what another page made the browser send. `Lax` cookies stop other sites; another port of this host is no other site.
 * `Sec-Fetch-Site` is what a browser itself says: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 *
 * @throws `Forbidden`
 */
export function requireOwnPage(c: Context): void {
  const site = c.req.header('sec-fetch-site');
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new Failure({ name: 'Forbidden', message: 'this was sent by a page of somebody else' });
}
