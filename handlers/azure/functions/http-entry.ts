import type { HttpHandler } from '@azure/functions';
import { cameFrom } from '../../../core/http/client-address.ts';
import { site } from '../../../core/http/site.ts';
import { clientOf } from '../http/client-of.ts';
import { httpHandler } from '../http/handler.ts';
import type { Room } from './room.ts';

/** The function that serves the apps over HTTP: their routes and pages, and management of runs and resources. */
export function httpEntry(room: Room): HttpHandler {
  const { apps, surroundings } = room;
  const { client, log } = surroundings;
  const report = (id: string, error: unknown): void =>
    log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const open = async () => {
    const keyring = await room.keyring();
    return site({ apps, runs: room.runs, keyring, client, report });
  };
  let root: ReturnType<typeof open> | undefined;
  return httpHandler(async (request) => {
    root ??= open();
    return (await root).fetch(request, cameFrom(clientOf(request.headers, room.frontDoorId)));
  }, report);
}
