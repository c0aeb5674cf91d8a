import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from './caller.ts';
import { type BindingData, dataOfText } from './expression.ts';
import type { HostFunction } from './functions.ts';
import { answer, type HttpRules, headersOf, joinedQuery, toRpcHttp } from './http-data.ts';
import type { InvocationResult, RpcHttp, RpcTypedData } from './rpc.ts';
import { proxyStream } from './stream-proxy.ts';

export interface HttpCallParts {
  readonly call: Call;
  readonly rules: HttpRules;
  /** The port of the library's server for streams, where the app asked for them. */
  readonly streamPort: () => Promise<number | undefined>;
}

interface HttpCall {
  readonly called: HostFunction;
  readonly params: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** Milliseconds in which an answer that the library has sent arrives. */
const ARRIVES = 2_000;

/** Calls an HTTP function and answers what it answered. Rejects where it did not, with nothing sent yet unless a stream had begun. */
export async function callHttp(one: HttpCall, parts: HttpCallParts): Promise<void> {
  const port = await parts.streamPort();
  return port === undefined ? callWhole(one, parts) : callStreaming(one, parts, port);
}

async function callWhole({ called, params, request, response, url }: HttpCall, { call, rules }: HttpCallParts) {
  const http = await toRpcHttp(request, url, params, rules);
  if (http === undefined) {
    response.writeHead(413).end();
    return;
  }
  const result = await call(called, {
    data: { http },
    names: namesOf(request, url, params, http),
    reason: reasonOf(request, url),
  });
  answer(response, httpOf(called, result));
}

async function callStreaming(
  { called, params, request, response, url }: HttpCall,
  { call }: HttpCallParts,
  port: number,
): Promise<void> {
  const invocation = randomUUID();
  const proxy = proxyStream(request, response, { port, invocation, host: request.headers.host ?? url.host });
  const text = (value: unknown): RpcTypedData => ({ json: JSON.stringify(value) });
  try {
    const result = await Promise.race([
      call(called, {
        id: invocation,
        data: { http: {} },
        triggerMetadata: {
          ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
          Headers: text(headersOf(request)),
          Query: text(joinedQuery(url)),
        },
        names: namesOf(request, url, params),
        reason: reasonOf(request, url),
      }),
      proxy.done.then(() => new Promise<never>(() => undefined)),
    ]);
    // A function that answers nothing sends nothing: then this host does.
    const settled = await Promise.race([proxy.done.then(() => true), sleep(ARRIVES, false, { ref: false })]);
    if (!settled && !response.headersSent && proxy.abandon()) answer(response, httpOf(called, result));
    await proxy.done;
  } catch (error) {
    if (!proxy.abandon()) response.destroy();
    throw error;
  }
}

/** The answer is the return value, or an output of the type http, by whatever name. */
function httpOf(
  { metadata }: HostFunction,
  { returnValue, outputData }: InvocationResult,
): RpcTypedData | null | undefined {
  const [name] = Object.entries(metadata.bindings).find(([, { type }]) => type.toLowerCase() === 'http') ?? [];
  return name === '$return' ? returnValue : outputData.find((one) => one.name === name)?.data;
}

function namesOf(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  http: RpcHttp = {},
): BindingData {
  const bytes = http.body?.bytes;
  const isJson = /\bjson\b/i.test(request.headers['content-type'] ?? '');
  const body = isJson && bytes ? dataOfText(Buffer.from(bytes).toString('utf8')) : {};
  return {
    ...body,
    ...Object.fromEntries(url.searchParams),
    ...params,
    Query: joinedQuery(url),
    Headers: headersOf(request),
  };
}

function reasonOf({ method }: IncomingMessage, { pathname }: URL): string {
  return `${method ?? 'GET'} ${pathname}`;
}
