import { join } from 'node:path';
import type { Page } from '../core/index.ts';
import { redacting } from '../core/log.ts';
import { keptKey } from '../handlers/local/admin-key.ts';
import { type Log, logToStderr, openRoom } from '../handlers/local/index.ts';
import { loadApps } from './load-apps.ts';
import type { Env } from './output.ts';
import { readServerFile } from './server-file.ts';
import { dataFolder } from './settings.ts';
import { logStrays } from './strays.ts';
import { telemetryOf } from './telemetry.ts';

/** A way to a room, whether another process serves it or this one has opened it. */
export interface Client {
  /** The server's URL; `undefined` where the room is in this process and ends with it. */
  readonly url: string | undefined;
  /** With the admin key. `path` begins with a slash. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

interface Connection extends Client {
  close(): Promise<void>;
}

interface ConnectOptions {
  readonly data?: string | undefined;
  readonly module?: string | undefined;
  readonly env: Env;
  /** What a room in this process logs to. @default none */
  readonly log?: Log;
}

/** Thrown where a server has the folder and does not answer. It is not thrown for an answer that is an error. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable' as const;
}

/** Thrown where the room answered with a problem. */
export class Refused extends Error {
  override readonly name = 'Refused' as const;
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.status = status;
    this.code = code;
  }
}

/**
 * Does work with the server that has the data folder; where none has it, the folder is opened in this process meanwhile.
 *
 * @throws Unreachable; FolderInUse; UsageError; whatever the work throws.
 */
export async function withClient<T>(options: ConnectOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await connect(options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function connect(options: ConnectOptions): Promise<Connection> {
  const { env } = options;
  const data = dataFolder(options.data, env);
  const server = readServerFile(data);
  if (server !== undefined && (await answers(server.url))) {
    const key = env.SKEIN_ADMIN_KEY || keptKey(join(data, 'admin.key'));
    return {
      url: server.url,
      fetch: (path, init) => reach(server.url, () => fetch(server.url + path, withKey(init, key))),
      close: async () => undefined,
    };
  }
  const { log } = options;
  const telemetry = await telemetryOf(env);
  const room = await openRoom(await loadApps(options.module), {
    data,
    env,
    telemetry,
    ...(log !== undefined && { log }),
  });
  logStrays(redacting(logToStderr, room.redactor));
  return {
    url: undefined,
    fetch: async (path, init) => room.fetch(new Request(`http://localhost${path}`, withKey(init, room.adminKey))),
    close: () => room.close(),
  };
}

/** The JSON of an answer. @throws Refused with the words of the problem; Unreachable. */
export async function ask<T>(client: Client, path: string, init?: RequestInit): Promise<T> {
  const response = await client.fetch(path, init);
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  if (response.status === 401)
    throw new Refused(401, 'Unauthorized', 'the server does not take this admin key; set SKEIN_ADMIN_KEY as it has it');
  throw refusal(response.status, text);
}

/** The items of a list, a page at a time. @throws as `ask` does. */
export async function* pages<T>(
  client: Client,
  path: string,
  filter: Readonly<Record<string, string | undefined>> = {},
): AsyncGenerator<readonly T[], void, undefined> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value);
  for (;;) {
    const { items, next } = await ask<Page<T>>(client, `${path}?${query}`);
    yield items;
    if (next === undefined) return;
    query.set('cursor', next);
  }
}

function refusal(status: number, text: string): Refused {
  try {
    const { code, detail, id } = JSON.parse(text) as { code: string; detail: string; id?: string };
    return new Refused(status, code, id === undefined ? detail : `${detail} (${id})`);
  } catch {
    return new Refused(status, `HTTP ${status}`, text.slice(0, 200));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(`${url}/skein.css`, { signal: AbortSignal.timeout(5_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function reach(url: string, request: () => Promise<Response>): Promise<Response> {
  try {
    return await request();
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    throw new Unreachable(
      `the server at ${url} does not answer (${cause?.code ?? String(error)}); is it still running?`,
    );
  }
}

function withKey(init: RequestInit | undefined, key: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  return { ...init, headers };
}
