import type { IncomingMessage, ServerResponse } from 'node:http';
import { setCookie } from './cookie.ts';
import type { Nullable, RpcHttp, RpcTypedData } from './rpc.ts';

/** What a host does with a request and an answer that cross to the worker as messages. */
export interface HttpRules {
  /** Keeps what the real host loses: see `docs/azure-host.md`. */
  readonly strict: boolean;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** The largest body that Azure's host takes: https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
export const BODY_LIMIT = 104_857_600;

/** The request as a message, or `undefined` where its body is larger than the limit. */
export async function toRpcHttp(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  { strict, bodyLimit }: HttpRules,
): Promise<RpcHttp | undefined> {
  const body = await bodyOf(request, bodyLimit);
  if (body === undefined) return undefined;
  // https://github.com/Azure/azure-functions-nodejs-worker/issues/524: no length, no body.
  const lost = strict && !(Number(request.headers['content-length']) > 0);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(headersOf(request)),
    nullableParams: nullable(params),
    // Without them the library reads the URL, and keeps each value of a key by itself.
    ...(strict && { nullableQuery: nullable(joinedQuery(url)) }),
    ...(body.length > 0 && !lost && { body: { bytes: body } }),
  };
}

/** One text per header, as ASP.NET joins several. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values = []] of Object.entries(request.headersDistinct))
    headers[name] = values.join(name === 'cookie' ? '; ' : ',');
  return headers;
}

export function joinedQuery({ searchParams }: URL): Record<string, string> {
  return Object.fromEntries([...new Set(searchParams.keys())].map((key) => [key, searchParams.getAll(key).join(',')]));
}

function nullable(values: Readonly<Record<string, string>>): Record<string, Nullable<string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** `undefined` where it is larger than the limit; the rest of it is read over, so that the answer can be sent. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

/** Writes what a function answered; 204 where it answered nothing. */
export function answer(response: ServerResponse, data: RpcTypedData | null | undefined): void {
  const http = data?.http;
  if (http === null || http === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {}))
    if (!HOP.has(name)) response.appendHeader(name, value);
  for (const cookie of http.cookies ?? []) response.appendHeader('set-cookie', setCookie(cookie));
  const { bytes, string, json } = http.body ?? {};
  response.end(bytes ? Buffer.from(bytes) : (string ?? json ?? ''));
}

/** What belongs to one connection, and is not the app's to say. */
const HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
