import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { toErrorValue } from '../error.ts';
import { REQUEST_DURATION } from './metrics.ts';
import type { SpanEnd, Telemetry } from './telemetry.ts';

/** Any other method is `_OTHER`: what clients make up must not make metrics grow. */
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);

/**
 * A span and a duration for each request, until the response begins: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 *
 * The query is left out: it may be signed. Where the server is instrumented already, its span is the parent.
 */
export function httpSpans(telemetry: Telemetry): MiddlewareHandler {
  return async (context, next) => {
    const { pathname, protocol } = new URL(context.req.url);
    const { method: given } = context.req;
    const method = METHODS.has(given) ? given : '_OTHER';
    const common = { 'http.request.method': method, 'url.scheme': protocol.slice(0, -1) };
    const span = telemetry.span(method, {
      kind: 'server',
      parent: telemetry.current() ?? context.req.header('traceparent'),
      attributes: {
        ...common,
        'url.path': pathname,
        ...(method === '_OTHER' && { 'http.request.method_original': given }),
      },
    });
    const began = performance.now();
    const end = (answered: Record<string, string | number>, error: SpanEnd['error']): void => {
      const route = routeOf(context);
      const attributes = { ...answered, ...(route !== undefined && { 'http.route': route }) };
      span.end({ ...(route !== undefined && { name: `${method} ${route}` }), attributes, error });
      telemetry.record(REQUEST_DURATION, (performance.now() - began) / 1000, { ...common, ...attributes });
    };
    try {
      await telemetry.within(span.traceparent, next);
    } catch (thrown) {
      const error = toErrorValue(thrown);
      end({ 'http.response.status_code': 500, 'error.type': '500' }, error);
      throw thrown;
    }
    const { status } = context.res;
    const answered = { 'http.response.status_code': status };
    // What the client did wrong is no failure of the server.
    if (status < 500) return end(answered, undefined);
    const message = context.error === undefined ? '' : toErrorValue(context.error).message;
    end({ ...answered, 'error.type': String(status) }, { name: String(status), message });
  };
}

/** The pattern of the route that answered; none where only what stands before all routes did. */
function routeOf(context: Context): string | undefined {
  const path = routePath(context);
  return path === '' || path === '*' || path === '/*' ? undefined : path;
}
