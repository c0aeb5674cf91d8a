import { createHash, timingSafeEqual } from 'node:crypto';
import { toErrorValue } from '../../../../core/error.ts';
import type { Json } from '../../../../core/json.ts';
import type { Durable } from './engine.ts';
import { historyView } from './history-view.ts';
import { isOver } from './instance.ts';
import type { DurableStatus, ListQuery } from './status.ts';

export interface ManagementOptions {
  /** The path that it is mounted at, such as `/runtime/webhooks/durabletask/`. */
  readonly path: string;
  /** The URLs that are given to whoever starts an instance: `{ statusQueryGetUri, … }`. */
  readonly links: (instanceId: string) => Readonly<Record<string, string>>;
  /** The system key, asked for as `?code=` or `x-functions-key`. @default none: whoever knows the path may ask */
  readonly key?: string;
}

/**
 * The HTTP management API of Durable Functions, as the extension serves it to `df.getClient` and to everybody else.
 *
 * https://github.com/Azure/azure-functions-durable-extension, HttpApiHandler.cs. Entities and `makeprimary` are not served;
 * `rewind` answers 501, which the library knows.
 */
export function managementFetch(durable: Durable, options: ManagementOptions): (request: Request) => Promise<Response> {
  const { path, links, key } = options;
  const digest = key === undefined ? undefined : sha256(key);
  return async (request) => {
    const url = new URL(request.url);
    if (!url.pathname.startsWith(path)) return empty(404);
    const given = url.searchParams.get('code') ?? request.headers.get('x-functions-key') ?? '';
    if (digest !== undefined && !timingSafeEqual(digest, sha256(given))) return empty(401);
    try {
      const segments = url.pathname
        .slice(path.length)
        .split('/')
        .filter((segment) => segment !== '');
      return await route(segments.map(decodeURIComponent), { durable, request, url, links });
    } catch (thrown) {
      return failed(thrown);
    }
  };
}

interface Asked {
  readonly durable: Durable;
  readonly request: Request;
  readonly url: URL;
  readonly links: ManagementOptions['links'];
}

async function route([collection, id, operation, name, ...more]: readonly string[], asked: Asked): Promise<Response> {
  const { method } = asked.request;
  if (more.length > 0) return empty(404);
  if (collection === 'orchestrators')
    return method === 'POST' && id !== undefined && name === undefined ? start(id, operation, asked) : empty(404);
  if (collection === 'entities') return refused(501, 'Unsupported', 'Entities are not part of this host.');
  if (collection !== 'instances') return empty(404);
  if (id === undefined) return method === 'GET' ? list(asked) : method === 'DELETE' ? purgeAll(asked) : empty(404);
  if (operation === undefined)
    return method === 'GET' ? show(id, asked) : method === 'DELETE' ? purge(id, asked) : empty(404);
  if (method !== 'POST') return empty(404);
  const reason = asked.url.searchParams.get('reason') ?? '';
  switch (`${operation.toLowerCase()}${name === undefined ? '' : '/*'}`) {
    case 'raiseevent/*':
      return raise(id, name as string, asked);
    case 'terminate':
      return told(id, asked, () => asked.durable.terminate(id, reason));
    case 'suspend':
      return told(id, asked, () => asked.durable.suspend(id, reason));
    case 'resume':
      return told(id, asked, () => asked.durable.resume(id, reason));
    case 'restart':
      return restart(id, asked);
    case 'rewind':
      return json(501, 'Rewind is not part of this host.');
    default:
      return empty(404);
  }
}

async function start(name: string, id: string | undefined, asked: Asked): Promise<Response> {
  const body = await bodyOf(asked.request);
  if (body instanceof Response) return body;
  const version = asked.url.searchParams.get('version');
  const chosen = { ...(id !== undefined && { id }), ...(version !== null && { version }) };
  return checkStatus(await asked.durable.start(name, body, chosen), asked);
}

async function restart(id: string, asked: Asked): Promise<Response> {
  const status = await asked.durable.status(id);
  if (status === undefined) return refused(400, ARGUMENT, 'InstanceId does not match a valid orchestration instance.');
  const anew = asked.url.searchParams.get('restartWithNewInstanceId') !== 'false';
  return checkStatus(await asked.durable.start(status.name, status.input, anew ? {} : { id }), asked);
}

/** Says where to look; with `timeout` and `pollingInterval`, in seconds, it looks for a while itself. */
async function checkStatus(id: string, { durable, url, links }: Asked): Promise<Response> {
  const timeout = secondsOf(url, 'timeout');
  if (timeout !== undefined && secondsOf(url, 'pollingInterval') !== undefined) {
    const status = await within(durable.settled(id), timeout * 1000);
    if (status?.runtimeStatus === 'Completed') return json(200, status.output);
    if (status !== undefined) return json(200, payload(status));
  }
  const urls = links(id);
  return json(202, { id, ...urls }, { location: urls.statusQueryGetUri ?? '', 'retry-after': '10' });
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), milliseconds)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function show(id: string, { durable, url }: Asked): Promise<Response> {
  const asks = (name: string): boolean => url.searchParams.get(name)?.toLowerCase() === 'true';
  const input = url.searchParams.get('showInput')?.toLowerCase() !== 'false';
  const status = await durable.status(id, { history: asks('showHistory') });
  if (status === undefined) return empty(404);
  const shown: Record<string, Json> = { ...payload(status), ...(input ? {} : { input: null }) };
  if (status.history !== undefined)
    shown.historyEvents = historyView(status.history, { input, output: asks('showHistoryOutput') });
  if (!isOver({ status: status.runtimeStatus })) return json(202, shown, { location: url.href, 'retry-after': '5' });
  const alarming = status.runtimeStatus === 'Failed' && asks('returnInternalServerErrorOnFailure');
  return json(alarming ? 500 : 200, shown);
}

async function list({ durable, request, url }: Asked): Promise<Response> {
  const token = request.headers.get('x-ms-continuation-token');
  const { items, next } = await durable.list({
    ...filterOf(url),
    ...(token !== null && token !== '' && { continuationToken: token }),
  });
  const input = url.searchParams.get('showInput')?.toLowerCase() !== 'false';
  const shown = items.map((status) => ({ ...payload(status), ...(input ? {} : { input: null }) }));
  return json(200, shown, next === undefined ? {} : { 'x-ms-continuation-token': next });
}

async function purge(id: string, { durable }: Asked): Promise<Response> {
  return (await durable.purge(id)) ? json(200, { instancesDeleted: 1 }) : empty(404);
}

async function purgeAll({ durable, url }: Asked): Promise<Response> {
  const filter = filterOf(url);
  if (filter.createdTimeFrom === undefined) return json(400, "Please provide value for 'createdTimeFrom' parameter.");
  let instancesDeleted = 0;
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const page = await durable.list({ ...filter, ...(token !== undefined && { continuationToken: token }) });
    for (const { instanceId, runtimeStatus } of page.items)
      if (isOver({ status: runtimeStatus }) && (await durable.purge(instanceId))) instancesDeleted++;
    token = page.next;
  }
  return instancesDeleted === 0 ? empty(404) : json(200, { instancesDeleted });
}

async function raise(id: string, event: string, asked: Asked): Promise<Response> {
  if ((await asked.durable.status(id)) === undefined) return empty(404);
  const type = asked.request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return refused(400, ARGUMENT, 'Only application/json request content is supported');
  const body = await bodyOf(asked.request);
  return body instanceof Response ? body : told(id, asked, () => asked.durable.raise(id, event, body));
}

async function told(id: string, { durable }: Asked, tell: () => Promise<boolean>): Promise<Response> {
  if ((await durable.status(id)) === undefined) return empty(404);
  return empty((await tell()) ? 202 : 410);
}

async function bodyOf(request: Request): Promise<Json | Response | undefined> {
  const text = await request.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return refused(400, ARGUMENT, 'Invalid JSON content');
  }
}

const STATES: readonly string[] = [
  'Pending',
  'Running',
  'Completed',
  'Failed',
  'Terminated',
  'ContinuedAsNew',
  'Suspended',
];

/** What cannot be read is not asked for, as in the extension. */
function filterOf({ searchParams }: URL): ListQuery {
  const date = (name: string): Date | undefined => {
    const time = new Date(searchParams.get(name) ?? '');
    return Number.isNaN(time.getTime()) ? undefined : time;
  };
  const [from, to] = [date('createdTimeFrom'), date('createdTimeTo')];
  const states = searchParams.getAll('runtimeStatus').flatMap((value) => value.split(','));
  const known = states.filter((state) => STATES.includes(state));
  const prefix = searchParams.get('instanceIdPrefix');
  const top = searchParams.get('top');
  return {
    ...(from !== undefined && { createdTimeFrom: from }),
    ...(to !== undefined && { createdTimeTo: to }),
    ...(known.length > 0 && { runtimeStatus: known }),
    ...(prefix !== null && { instanceIdPrefix: prefix }),
    ...(top !== null && /^\d{1,4}$/.test(top) && top !== '0' && { pageSize: Number(top) }),
  };
}

function secondsOf({ searchParams }: URL, name: string): number | undefined {
  const value = Number(searchParams.get(name) ?? Number.NaN);
  return value >= 0 ? value : undefined;
}

function payload({ history: _, createdTime, lastUpdatedTime, ...rest }: DurableStatus): Record<string, Json> {
  return { ...rest, createdTime: toSeconds(createdTime), lastUpdatedTime: toSeconds(lastUpdatedTime) };
}

function toSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const ARGUMENT = 'System.ArgumentException';

/** What the caller asked for in vain is 400, everything else 500: an id that goes on too, as in the extension. */
function failed(thrown: unknown): Response {
  const { name, message } = toErrorValue(thrown);
  if (name === 'InvalidInput' || thrown instanceof URIError)
    return refused(400, ARGUMENT, 'One or more of the arguments submitted is incorrect', message);
  const type = name === 'AlreadyExists' ? 'System.InvalidOperationException' : name;
  return refused(500, type, 'Something went wrong while processing your request', message);
}

function refused(status: number, type: string, message: string, reason = message): Response {
  return json(status, { Message: message, ExceptionMessage: reason, ExceptionType: type });
}

function json(status: number, body: Json, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

function empty(status: number): Response {
  return new Response(null, { status });
}
