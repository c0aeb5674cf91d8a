import { Failure } from '../error.ts';
import type { Json } from '../json.ts';
import type { Page } from '../resources/bucket.ts';

/** The part of `fetch` that is needed: a room in the same process can stand in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** The room's admin key. A browser that is logged in needs none: its cookie goes along. @default none */
  readonly key?: string;
  /** @default the global `fetch` */
  readonly fetch?: Fetch;
}

export type Transport = ReturnType<typeof makeTransport>;

type Query = Readonly<Record<string, string | undefined>>;

/** @throws TypeError naming the option that is wrong. */
export function makeTransport(baseUrl: string | URL, options: ClientOptions) {
  const base = checkedBase(baseUrl);
  const { key, fetch = (url, init) => globalThis.fetch(url, init) } = options;
  if (key !== undefined && (typeof key !== 'string' || !/^\S+$/.test(key)))
    throw new TypeError('client: key must be text without blanks');

  /** The response, if it is not an error. @throws Failure */
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    let response: Response;
    try {
      response = await fetch(base + path, { ...init, headers });
    } catch (error) {
      init.signal?.throwIfAborted();
      const message = `no answer from ${base || 'this host'}: ${error instanceof Error ? error.message : String(error)}`;
      throw new Failure({ name: 'Unavailable', message });
    }
    if (response.ok) return response;
    throw await failureOf(response);
  };
  const ask = async <T>(path: string, init?: RequestInit): Promise<T> => (await send(path, init)).json() as Promise<T>;

  return {
    send,
    ask,
    /** The items of all pages of a list; a page is asked for when it is needed. */
    async *items<T>(path: string, filter: Query = {}): AsyncGenerator<T, void, undefined> {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value);
      for (;;) {
        const { items, next }: Page<T> = await ask(query.size === 0 ? path : `${path}?${query}`);
        yield* items;
        if (next === undefined) return;
        query.set('cursor', next);
      }
    },
  };
}

function checkedBase(given: string | URL): string {
  const text = String(given);
  if (text !== '' && !/^(?:https?:\/)?\/[^?#]*$/.test(text))
    throw new TypeError(`client: the base URL must be http(s)://… or a path of this host, not ${JSON.stringify(text)}`);
  return text.replace(/\/+$/, '');
}

/** Statuses that say: ask again later. */
const LATER = [429, 502, 503, 504];

/** An error of the room as it was thrown there, or, from something between, one named after the status. */
async function failureOf(response: Response): Promise<Failure> {
  const { status } = response;
  const text = await response.text().catch(() => '');
  const problem = /json/.test(response.headers.get('content-type') ?? '') ? parsed(text) : undefined;
  if (typeof problem?.code === 'string') {
    const { code, detail, field, id, data } = problem;
    const more = data !== null && typeof data === 'object' && !Array.isArray(data) ? data : {};
    return new Failure({
      name: code,
      message: typeof detail === 'string' ? detail : '',
      data: { ...more, status, ...(field !== undefined && { field }), ...(id !== undefined && { id }) },
    });
  }
  const name = LATER.includes(status) ? 'Unavailable' : 'HttpError';
  return new Failure({ name, message: `HTTP ${status}: ${text.slice(0, 200)}`, data: { status } });
}

function parsed(text: string): Readonly<Record<string, Json>> | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
