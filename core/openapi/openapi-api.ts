import { Hono } from 'hono';
import type { RouterRoute } from 'hono/types';
import type { App } from '../app.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { openApi } from './document.ts';
import type { OwnedRoute } from './draft.ts';
import type { OpenApi } from './openapi.ts';
import { type ServedRoute, servedRoutes } from './served-routes.ts';

export interface OpenApiParts {
  readonly apps: readonly App[];
  /** All that the room serves; asked at the first request. */
  routes(): readonly RouterRoute[];
  /** The name of the app that a route belongs to; `undefined` for the room's own. */
  ownerOf(method: string, path: string): string | undefined;
}

/** The room's own description: `/openapi.json`, and `/docs` for people. Both are for anybody. */
export function openApiApi({ apps, routes, ownerOf }: OpenApiParts): Hono {
  const pages = new Map(apps.filter(({ page }) => page).map((app) => [`/apps/${app.name}`, app]));
  const owned = (route: ServedRoute): OwnedRoute => {
    const app = pages.get(route.path);
    if (app === undefined) return { ...route, app: ownerOf(route.method, route.path) };
    return {
      ...route,
      app: app.name,
      description: { summary: app.title, responses: { 200: { description: 'A page.' } } },
    };
  };
  let made: Promise<OpenApi> | undefined;
  const document = (): Promise<OpenApi> => {
    made ??= openApi(apps, servedRoutes(routes()).map(owned));
    return made;
  };
  const api = new Hono();
  api.get('/openapi.json', async (context) => context.json(await document(), 200, { 'cache-control': 'no-cache' }));
  api.get('/docs', async (context) => {
    context.header('content-security-policy', "default-src 'none'; style-src 'self'");
    context.header('cache-control', 'no-cache');
    return context.html(docsPage(await document(), new URL(context.req.url).origin));
  });
  api.get('/docs.css', (context) => context.body(docsStyle, 200, { 'content-type': 'text/css; charset=utf-8' }));
  return api;
}
