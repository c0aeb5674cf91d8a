import type { RouterRoute } from 'hono/types';
import { findTargetHandler, isMiddleware } from 'hono/utils/handler';
import { type DescribeOptions, descriptionOf } from './describe.ts';

export interface ServedRoute {
  /** In upper case; `ALL` for any. */
  readonly method: string;
  /** As Hono writes it: `/runs/:id`. */
  readonly path: string;
  readonly description: DescribeOptions | undefined;
}

/**
 * The routes that answer, each once, in their order; what only passes on is left out.
 *
 * As Hono's own list of routes has it, a function that takes `next` passes on; but one that stands beside a description answers.
 */
export function servedRoutes(routes: readonly RouterRoute[]): readonly ServedRoute[] {
  const found = new Map<string, { route: ServedRoute; answers: boolean }>();
  for (const { method, path, handler } of routes) {
    const name = `${method} ${path}`;
    const known = found.get(name);
    const said = descriptionOf(handler);
    const answers =
      known?.answers === true || !isMiddleware(findTargetHandler(handler)) || (said !== undefined && method !== 'ALL');
    found.set(name, { route: { method, path, description: known?.route.description ?? said }, answers });
  }
  return [...found.values()].filter(({ answers }) => answers).map(({ route }) => route);
}
