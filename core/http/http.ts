import type { Hono } from 'hono';
import { type Clients, type Uses, wrongUses } from '../resources/access.ts';
import { checkedName, checkedOptionNames } from '../resources/name.ts';

/** A set of HTTP routes: Web `Request` in, Web `Response` out, in every room. */
export interface HttpFunction<U extends Uses = Uses, R extends Hono = Hono> {
  readonly name: string;
  readonly uses: U;
  /** Called once by a room, with an empty Hono and the clients that `uses` names. */
  readonly routes: (api: Hono, uses: Clients<U>) => R;
}

export interface HttpOptions<U extends Uses, R extends Hono> {
  /** @default {} */
  readonly uses?: U;
  /** Adds its routes to `api` and returns it; the type of what it returns is what Hono's typed client takes. */
  readonly routes: (api: Hono, uses: Clients<U>) => R;
}

/**
 * Declares HTTP routes. Paths are absolute: an app is served at the root of its host.
 *
 * @throws TypeError naming the option that is wrong or not known.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
export function http<U extends Uses = {}, R extends Hono = Hono>(
  name: string,
  options: HttpOptions<U, R>,
): HttpFunction<U, R> {
  checkedName('http', name);
  checkedOptionNames(`http '${name}'`, options, ['uses', 'routes']);
  const wrong = wrongUses(options.uses ?? {});
  if (wrong !== undefined) throw new TypeError(`http '${name}': ${wrong}`);
  if (typeof options.routes !== 'function') throw new TypeError(`http '${name}': routes must be a function`);
  return Object.freeze({
    name,
    uses: Object.freeze({ ...options.uses }) as U,
    routes: options.routes,
  });
}
