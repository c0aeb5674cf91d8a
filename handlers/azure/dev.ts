import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../core/app.ts';
import { Failure } from '../../core/error.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { site } from '../../core/http/site.ts';
import { workflowClient } from '../../core/http/workflow-client.ts';
import type { Json } from '../../core/json.ts';
import { type Log, redacting } from '../../core/log.ts';
import { redactor } from '../../core/redact.ts';
import { type Clients, clientsFor, type Resource, type Uses } from '../../core/resources/access.ts';
import { usesOf } from '../../core/resources/declared.ts';
import type { ClaimStore } from '../../core/workflow/claim.ts';
import { ADMIN_KEY, type Environment, STORAGE, setting } from './functions/environment.ts';
import { makers } from './functions/makers.ts';
import { openRoom } from './functions/room.ts';
import { type Clock, systemClock } from './host/durable/clock.ts';
import { fileStore } from './host/durable/file-store.ts';
import { openInProcess } from './workflow/in-process.ts';
import type { Outcome } from './workflow/index.ts';
import { jumpingClock, steadyClock } from './workflow/jumping-clock.ts';

export { type Clock, systemClock } from './host/durable/clock.ts';
export type { Outcome } from './workflow/index.ts';

export interface DevOptions {
  /** A folder for histories and large values. @default none, and nothing outlives the room */
  readonly data?: string;
  /** `'virtual'` jumps to the next alarm instead of waiting. @default the system's */
  readonly clock?: Clock | 'virtual';
  /** @default none */
  readonly log?: Log;
  /** Where `SKEIN_ADMIN_KEY`, `SKEIN_STORAGE` (a connection string) and secrets are read. @default process.env */
  readonly env?: Environment;
}

/** A room in this process, for tests and tools: the real library over an engine of its own. Nothing is served or triggered. */
export interface Dev {
  /** The admin key that `fetch` wants for management routes. */
  readonly adminKey: string;
  fetch(request: Request): Promise<Response>;
  start(workflow: string, input: Json, options?: { readonly id?: string }): Promise<{ id: string; created: boolean }>;
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  /** Sending twice with one key sends once. */
  event(id: string, name: string, data: Json, options?: { readonly key?: string }): Promise<void>;
  cancel(id: string): Promise<void>;
  /** What a function with these `uses` would get; where no storage is set, each call of a bucket, queue or table rejects with `Unavailable`. */
  clients<U extends Uses>(uses: U): Clients<U>;
  /** Every step call that this process made, one an attempt. */
  calls(id: string): Promise<{ step: string; key: string; input: Json }[]>;
  close(): Promise<void>;
}

/** @throws SetupError where two apps do not go together. */
export async function open(app: App | readonly App[], options: DevOptions = {}): Promise<Dev> {
  const apps = [app].flat();
  const { data, env = process.env } = options;
  const adminKey = setting(env, ADMIN_KEY) ?? randomBytes(32).toString('base64url');
  const known = redactor([adminKey]);
  const log = redacting(options.log ?? silent, known);
  const { clock, after } = options.clock === 'virtual' ? jumpingClock() : steadyClock(options.clock ?? systemClock);
  const keyring = await makeKeyring(adminKey, clock.now);
  const absent = absentClients(apps);
  const room = openRoom(apps, { make: makers(env, known), durable: noClient, env, log, now: clock.now });
  const { workflows, surroundings: stored } = room;
  const hasStorage = setting(env, STORAGE) !== undefined || setting(env, `${STORAGE}__blobServiceUri`) !== undefined;
  const client = (resource: Resource): object => {
    if (resource.kind === 'workflow')
      return workflowClient(
        resource.name,
        () => runs,
        async () => keyring,
      );
    return hasStorage || resource.kind === 'secret' ? stored.client(resource) : absent(resource);
  };
  const claims = data === undefined ? memoryClaims() : await folderClaims(join(data, 'claims'));
  const runs = await openInProcess({
    ...{ workflows, surroundings: { client, claims, log }, clock, after },
    host: data === undefined ? undefined : { store: await fileStore(join(data, 'histories')) },
  });
  const report = (id: string, error: unknown): void =>
    log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const root = site({ apps, runs, keyring, client, report });
  return {
    adminKey,
    fetch: async (request) => root.fetch(request),
    start: (workflow, input, { id } = {}) => runs.start(workflow, input, id),
    result: runs.result,
    event: (id, name, eventData, { key } = {}) => runs.event(id, name, eventData, key),
    cancel: runs.cancel,
    clients: (uses) => clientsFor(uses, client),
    calls: async (id) => [...(await runs.calls(id))],
    close: runs.close,
  };
}

/** Runs are in this process, so nobody asks for it. */
function noClient(): never {
  throw new Error('there is no Durable client here');
}

const silent: Log = () => undefined;

/** Clients of resources that are not there: code that does not call them works. */
function absentClients(apps: readonly App[]): (resource: Resource) => object {
  const accesses = apps.flatMap((app) => usesOf(app).flatMap((uses) => Object.values(uses)));
  return ({ kind, name }) => {
    const message = `the ${kind} '${name}' needs ${STORAGE}, the connection string of a storage account or of Azurite`;
    const refuse = (): Promise<never> => Promise.reject(new Failure({ name: 'Unavailable', message }));
    const same = accesses.filter(({ resource }) => resource.kind === kind && resource.name === name);
    // What functions call is there by name, as core copies it into clients of its own; the room itself may call any other.
    const known = Object.fromEntries(same.flatMap(({ methods }) => methods).map((method) => [method, refuse]));
    return new Proxy(known, { get: (_, method) => (method === 'then' ? undefined : refuse) });
  };
}

function memoryClaims(): ClaimStore {
  const kept = new Map<string, string>();
  return { put: async (key, text) => void kept.set(key, text), get: async (key) => kept.get(key) };
}

async function folderClaims(folder: string): Promise<ClaimStore> {
  await mkdir(folder, { recursive: true });
  const at = (key: string): string => join(folder, createHash('sha256').update(key).digest('hex'));
  return {
    put: (key, text) => writeFile(at(key), text),
    async get(key) {
      try {
        return await readFile(at(key), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}
