import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * Hands a request on to the library's own server in the worker, which has it wait for the call of the function with the same id,
 * and its answer back, chunk by chunk.
 *
 * @returns a function that gives the request up and says whether no answer had begun.
 */
export function proxyStream(
  request: IncomingMessage,
  response: ServerResponse,
  { port, invocation, host }: { readonly port: number; readonly invocation: string; readonly host: string },
): { readonly done: Promise<void>; abandon(): boolean } {
  const done = Promise.withResolvers<void>();
  const upstream = ask({
    host: '127.0.0.1',
    port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: {
      ...request.headers,
      'x-ms-invocation-id': invocation,
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
    },
  });
  upstream.on('response', (answer) => {
    const headers = Object.entries(answer.headersDistinct).filter(([name]) => name !== 'connection');
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers) as Record<string, string[]>);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('error', (error) => done.reject(error));
  response.on('finish', () => done.resolve());
  // The client went away: the app sees its request end.
  response.on('close', () => {
    upstream.destroy();
    done.resolve();
  });
  request.pipe(upstream);
  done.promise.catch(() => undefined);
  return {
    done: done.promise,
    abandon() {
      upstream.destroy();
      return !response.headersSent;
    },
  };
}
