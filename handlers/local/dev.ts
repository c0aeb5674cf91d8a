import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import type { Clients, Uses } from '../../core/resources/access.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { type Clock, virtualClock } from './clock.ts';
import { openRoom } from './room.ts';
import type { Outcome } from './supervisor.ts';

export { type Clock, systemClock, virtualClock } from './clock.ts';
export type { Outcome } from './supervisor.ts';

export interface DevOptions {
  /** The data folder. @default a temporary one, removed by `close` */
  readonly data?: string;
  /** `'virtual'` jumps to the next alarm instead of waiting. @default the system's */
  readonly clock?: Clock | 'virtual';
  /** @default none */
  readonly log?: Log;
  /** @default none */
  readonly telemetry?: Telemetry | undefined;
  /** Where `SKEIN_*` settings are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A room in this process, for tests and tools; every room's `dev` module opens one like it. */
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
  /** What a function with these `uses` would get: `clients({ votes: votes.write }).votes.send(…)`. */
  clients<U extends Uses>(uses: U): Clients<U>;
  /** Every step call so far, one an attempt. */
  calls(id: string): Promise<{ step: string; key: string; input: Json }[]>;
  close(): Promise<void>;
}

export async function open(app: App | readonly App[], options: DevOptions = {}): Promise<Dev> {
  const { data, clock, ...rest } = options;
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'skein-')));
  const room = await openRoom(Array.isArray(app) ? app : [app as App], {
    ...rest,
    data: folder,
    ...(clock !== undefined && { clock: clock === 'virtual' ? virtualClock() : clock }),
  });
  const { engine } = room;
  return {
    adminKey: room.adminKey,
    fetch: async (request) => room.fetch(request),
    start: (workflow, input, { id } = {}) => engine.start(workflow, input, id),
    result: (id) => engine.result(id),
    event: (id, name, eventData, { key } = {}) => engine.event(id, name, eventData, key),
    cancel: (id) => engine.cancel(id),
    clients: room.clients,
    calls: async (id) => engine.calls(id),
    async close() {
      await room.close();
      if (data === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
