import { join } from 'node:path';
import { keptKey } from '../handlers/local/admin-key.ts';
import { type Log, openRoom } from '../handlers/local/index.ts';
import { loadApps } from './load-apps.ts';
import type { Env } from './output.ts';
import { readServerFile } from './server-file.ts';
import { dataFolder } from './settings.ts';

/** A way to a room, whether another process serves it or this one has opened it. */
export interface Client {
  /** The server's URL; `undefined` where the room is in this process and ends with it. */
  readonly url: string | undefined;
  /** With the admin key. `path` begins with a slash. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface ConnectOptions {
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
 * Connects to the server that has the data folder; where none has it, opens the folder in this process.
 *
 * @throws Unreachable; FolderInUse; UsageError.
 */
export async function connect(options: ConnectOptions): Promise<Client> {
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
  const room = await openRoom(await loadApps(options.module), { data, env, ...(log !== undefined && { log }) });
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
