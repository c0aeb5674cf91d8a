import { site } from '../../../core/http/site.ts';
import { type Fetch, type LambdaHandler, lambda } from '../events/lambda.ts';
import type { Room } from './room.ts';

/** The function that serves an app over HTTP: its routes and pages, and management of its runs and resources. */
export function httpEntry(room: Room): LambdaHandler {
  const { app, surroundings, runs } = room;
  const { client, log } = surroundings;
  let root: Promise<Fetch> | undefined;
  const open = async (): Promise<Fetch> => {
    const report = (id: string, error: unknown): void =>
      log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return site({ apps: [app], runs, keyring: await room.keyring(), client, report }).fetch;
  };
  const fetch: Fetch = async (request, environment) => {
    root ??= open();
    return (await root)(request, environment);
  };
  return lambda(app, { client, log, fetch });
}
