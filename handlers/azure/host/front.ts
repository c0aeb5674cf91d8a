import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Log } from '../../../core/log.ts';
import { type AdminParts, admin } from './admin.ts';
import { callHttp, type HttpCallParts } from './http-call.ts';
import { bodyOf } from './http-data.ts';
import { findHttp, type HttpFunction } from './http-functions.ts';
import { isAllowed, type Keys } from './keys.ts';
import { segmentsOf } from './route.ts';

/** A part of the host's own API; who may ask is for it to say. */
export interface Mount {
  /** With a slash at its end. */
  readonly path: string;
  fetch(request: Request): Promise<Response>;
}

export interface FrontParts extends HttpCallParts, Omit<AdminParts, 'url'> {
  readonly http: readonly HttpFunction[];
  readonly keys: Keys | undefined;
  readonly mounts: readonly Mount[];
  readonly log: Log;
}

/** Answers whatever comes in: functions, the host's own API, and `/` for those who look whether it is there. */
export async function front(request: IncomingMessage, response: ServerResponse, parts: FrontParts): Promise<void> {
  const url = urlOf(request);
  const path = url && segmentsOf(url.pathname);
  if (url === undefined || path === undefined) return end(response, 400, 'The URL cannot be read.');
  try {
    const mount = parts.mounts.find((one) => url.pathname.startsWith(one.path));
    if (mount !== undefined) return await own(request, response, url, mount);
    if (path[0] === 'admin') {
      if (!isAllowed(parts.keys, 'admin', request, url)) return end(response, 401);
      return await own(request, response, url, { fetch: (asked) => admin(asked, { ...parts, url }) });
    }
    const one = findHttp(parts.http, request.method ?? 'GET', path);
    if (one === undefined) return path.length === 0 ? home(response) : end(response, 404);
    const { called, auth } = one.found;
    if (!isAllowed(parts.keys, auth, request, url)) return end(response, 401);
    if (called.unsupported !== undefined)
      return end(response, 501, `Unsupported: ${called.name}: this host does not carry out ${called.unsupported}`);
    // Why a call failed is in the log already, and is not the client's to know: an empty 500, as in Azure.
    await callHttp({ called, params: one.params, request, response, url }, parts).catch(() => broken(response));
  } catch (error) {
    broken(response);
    const { name, message } = error as Error;
    const fields = { method: request.method ?? '', path: url.pathname, error: `${name}: ${message}` };
    parts.log('request failed', { level: 'error', ...fields });
  }
}

/** Web pages of others must not reach what starts and ends orchestrations; a browser says where a page is from. */
async function own(request: IncomingMessage, response: ServerResponse, url: URL, { fetch }: Pick<Mount, 'fetch'>) {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== url.origin) return end(response, 403, 'Not from another origin.');
  const body = await bodyOf(request, OWN_LIMIT);
  if (body === undefined) return end(response, 413);
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(request.headersDistinct))
    for (const value of values) headers.append(name, value);
  const method = request.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0;
  const answer = await fetch(new Request(url, { method, headers, ...(hasBody && { body: new Uint8Array(body) }) }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) response.end();
  else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
}

const OWN_LIMIT = 16 * 1024 * 1024;

function urlOf({ url = '/', headers }: IncomingMessage): URL | undefined {
  const host = headers.host ?? '127.0.0.1';
  // What a URL would read as more than a host, such as a name and a password, is none.
  if (/[\s/?#@\\]/.test(host) || !url.startsWith('/') || !URL.canParse(url, `http://${host}`)) return undefined;
  return new URL(`http://${host}${url}`);
}

function broken(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else end(response, 500);
}

function end(response: ServerResponse, status: number, text = ''): void {
  response.writeHead(status, text === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function home(response: ServerResponse): void {
  end(response, 200, 'Your Azure Functions app is up and running.\n');
}
