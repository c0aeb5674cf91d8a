/** A route of an HTTP API. */
export interface Route {
  /** `$default`, or a method and a path: `ANY /queues/{proxy+}`. */
  readonly key: string;
  /** The ARN of the function that answers. */
  readonly function: string;
}

/**
 * The route that a request is for: the most specific one, a whole path before one with a greedy end.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeFor(routes: readonly Route[], method: string, path: string): Route | undefined {
  const fitting = routes.flatMap((route) => {
    const rank = rankOf(route, method, path);
    return rank === undefined ? [] : [{ route, rank }];
  });
  return fitting.toSorted((a, b) => a.rank - b.rank)[0]?.route;
}

const GREEDY = '{proxy+}';

function rankOf({ key }: Route, method: string, path: string): number | undefined {
  if (key === '$default') return 4;
  const [wanted = '', template = ''] = key.split(' ');
  if (wanted !== 'ANY' && wanted !== method) return undefined;
  const one = wanted === 'ANY' ? 1 : 0;
  if (template === path) return one;
  if (!template.endsWith(GREEDY)) return undefined;
  const start = template.slice(0, -GREEDY.length);
  return path.startsWith(start) && path.length > start.length ? 2 + one : undefined;
}
