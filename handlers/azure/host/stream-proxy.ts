import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';

/** Bytes, and milliseconds, for what nobody reads of a request that is answered. */
export const READ_OVER = 16 * 1024 * 1024;
const READS_OVER = 5_000;

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
  upstream.on('error', (error) => {
    // An answer that has begun ends as it may; the app need not have read all of the request for it.
    if (!response.headersSent) done.reject(error);
  });
  response.on('finish', () => {
    done.resolve();
    request.unpipe(upstream);
    readOver(request);
  });
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

/** What nobody has read of a request stands before the next one of its connection; where that is much, the connection ends. */
function readOver(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  let size = 0;
  const late = setTimeout(() => request.destroy(), READS_OVER);
  late.unref();
  request.on('close', () => clearTimeout(late));
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > READ_OVER) request.destroy();
  });
  request.resume();
}
