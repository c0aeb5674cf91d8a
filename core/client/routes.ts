import type { Hono } from 'hono';
import { type ClientRequestOptions, hc } from 'hono/client';
import type { HttpFunction } from '../http/http.ts';
import type { ClientOptions } from './transport.ts';

export type RouteOptions = Pick<ClientOptions, 'key'> & Pick<ClientRequestOptions, 'fetch'>;

// biome-ignore lint/suspicious/noExplicitAny: the routes of every function, whatever it uses
type AnyHttp = HttpFunction<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as Hono's own client takes them
type AnyRoutes = Hono<any, any, any>;

/** Hono's client of a function's routes, typed by what its `routes` returns. */
export type RoutesOf<F extends AnyHttp> = ReturnType<typeof hc<Extract<ReturnType<F['routes']>, AnyRoutes>>>;

/**
 * A typed client of an app's own routes: `routes<typeof api>('https://example.org').polls[':id'].$get({ param: { id } })`.
 *
 * It is Hono's: it gives responses, and an error's status does not reject. The types are those of the routes that are chained,
 * as in `api.get(…).post(…)`, and returned.
 */
export function routes<F extends AnyHttp>(baseUrl: string, { key, fetch }: RouteOptions = {}): RoutesOf<F> {
  return hc(baseUrl, {
    ...(fetch !== undefined && { fetch }),
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  }) as RoutesOf<F>;
}
