import type { Durable } from './durable/engine.ts';
import { managementFetch } from './durable/management.ts';
import { type ClientPlaces, instanceUrls } from './durable-functions.ts';
import type { Mount } from './front.ts';

/** Where the management API of orchestrations is served: to people, and to the library by a path that nobody can guess. */
export function durableMounts(durable: Durable, places: ClientPlaces): readonly Mount[] {
  const links = (id: string): Readonly<Record<string, string>> => instanceUrls(id, places);
  const mount = (base: string, key: string | undefined): Mount => {
    const path = new URL(base).pathname;
    return { path, fetch: managementFetch(durable, { path, links, ...(key !== undefined && { key }) }) };
  };
  return [mount(places.webhooks, places.key), mount(places.rpc, undefined)];
}
