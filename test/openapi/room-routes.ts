import { inspectRoutes } from 'hono/dev';
import { makeKeyring } from '../../core/http/keyring.ts';
import { type SiteParts, site } from '../../core/http/site.ts';
import type { App } from '../../core/index.ts';

/** What a room serves, as Hono itself lists it: the routes are made, and nothing behind them is called. */
export async function roomRoutes(apps: readonly App[]): Promise<readonly { method: string; path: string }[]> {
  const known: Partial<SiteParts> = { apps, keyring: await makeKeyring('a key') };
  const parts = new Proxy(known, { get: (target, name) => Reflect.get(target, name) ?? (() => ({})) });
  return inspectRoutes(site(parts as SiteParts)).filter(({ isMiddleware }) => !isMiddleware);
}
