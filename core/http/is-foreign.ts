import type { Context } from 'hono';

/**
 * Whether a request may have been sent by another site's page.
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
