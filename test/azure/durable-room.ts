import type { App } from '../../core/app.ts';
import { Failure } from '../../core/error.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';
import type { Faults } from '../../handlers/azure/host/durable/engine.ts';
import { type HistoryStore, memoryStore } from '../../handlers/azure/host/durable/history-store.ts';
import { openInProcess } from '../../handlers/azure/workflow/in-process.ts';
import { jumpingClock } from '../../handlers/azure/workflow/jumping-clock.ts';
import type { Reopen, Room } from '../conformance/semantics/room.ts';

/** What outlives a room. */
interface Left {
  readonly store: HistoryStore;
  readonly claims: Map<string, string>;
}

const left = new WeakMap<Room, Left>();

export interface DurableRoomOptions {
  /** @default that of the checkout; another one is a copy of it with a bug */
  readonly openWith?: typeof openInProcess;
  /** What goes wrong in the host. @default nothing */
  readonly faults?: Faults;
}

/** A room over the real library and the engine; steps run here, and waiting costs no time. */
export async function open(app: App, options: DurableRoomOptions = {}): Promise<Room> {
  return openOn(app, { store: memoryStore(), claims: new Map() }, options);
}

export const reopen: Reopen = async (room, app) => {
  const kept = left.get(room);
  if (kept === undefined) throw new Error('not a room of this file');
  await room.close();
  return openOn(app, kept, {});
};

async function openOn(app: App, kept: Left, { openWith = openInProcess, faults }: DurableRoomOptions): Promise<Room> {
  const host = { store: kept.store, ...(faults !== undefined && { faults }) };
  const { clock, after } = jumpingClock();
  const surroundings: Surroundings = {
    client({ kind, name }) {
      throw new Failure({ name: 'NotFound', message: `this room has no ${kind} '${name}'` });
    },
    claims: {
      put: async (key, text) => void kept.claims.set(key, text),
      get: async (key) => kept.claims.get(key),
    },
    log: () => undefined,
  };
  const workflows = new Map(app.workflows.map((one) => [one.name, one]));
  const runs = await openWith({ workflows, surroundings, clock, after, host });
  const room: Room = {
    start: (name, input, { id } = {}) => runs.start(name, input, id),
    result: runs.result,
    event: (id, name, data) => runs.event(id, name, data),
    cancel: runs.cancel,
    calls: runs.calls,
    close: runs.close,
    now: () => clock.now() / 1000,
  };
  left.set(room, kept);
  return room;
}
