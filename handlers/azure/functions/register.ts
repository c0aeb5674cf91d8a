import functions, { type HttpMethod, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import { redactor } from '../../../core/redact.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import { ACTIVITY, LANE, ORCHESTRATOR, orchestrate } from '../workflow/index.ts';
import { ADMIN_KEY, setting } from './environment.ts';
import { EXPIRE, expireEntry, writtenTables } from './expire-entry.ts';
import { httpEntry } from './http-entry.ts';
import { logToStderr } from './log.ts';
import { makers } from './makers.ts';
import { openRoom, type RoomParts } from './room.ts';
import { stepEntry } from './step-entry.ts';
import { registerTrigger } from './trigger-functions.ts';

/** All that the library knows; Hono answers what no route takes. */
const METHODS: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** @default what the environment names, and JSON lines on standard error */
export type AzureParts = Partial<Omit<RoomParts, 'durable'>>;

/**
 * Registers the functions of apps with `@azure/functions` and `durable-functions`: one that answers requests, one for each trigger, one
 * that clears tables, and those that run workflows. To be called once, while the program starts.
 *
 * @throws TypeError naming a part that is not known; SetupError where apps cannot be in one Functions app, naming what to change.
 */
export function azure(apps: App | readonly App[], parts: AzureParts = {}): void {
  checkedOptionNames('azure', parts, ['make', 'env', 'log', 'now']);
  const list = [apps].flat();
  const { app } = functions;
  const client = durableClient(list);
  const { env = process.env, ...rest } = parts;
  const adminKey = setting(env, ADMIN_KEY);
  const hidden = redactor(adminKey === undefined ? [] : [adminKey]);
  const usual = { make: makers(env, hidden), log: logToStderr(hidden) };
  const room = openRoom(list, { ...usual, ...rest, env, durable: client.get });
  // Buffered requests lose bodies that declare no length, and all but one of a query's values.
  app.setup({ enableHttpStream: true });
  app.http('http', {
    methods: METHODS,
    authLevel: 'anonymous',
    route: '{*path}',
    extraInputs: client.inputs,
    handler: client.seen(httpEntry(room)),
  });
  for (const { name, triggers } of list)
    for (const trigger of triggers) registerTrigger(name, trigger, room, client.inputs, client.seen);
  const tables = writtenTables(list);
  if (tables.length > 0)
    app.timer(EXPIRE.name, { schedule: EXPIRE.schedule, handler: expireEntry(tables, room.surroundings) });
  if (list.every(({ workflows }) => workflows.length === 0)) return;
  df.app.orchestration(ORCHESTRATOR, orchestrate);
  df.app.orchestration(LANE, orchestrate);
  df.app.activity(ACTIVITY, { extraInputs: client.inputs, handler: client.seen(stepEntry(room)) });
}

type Handler<I, R> = (input: I, context: InvocationContext) => R;

/** The host tells each function that it calls how Durable Functions is reached; what the first one hears is good for all. */
function durableClient(apps: readonly App[]) {
  if (apps.every(({ workflows }) => workflows.length === 0))
    return { inputs: [], seen: <I, R>(handler: Handler<I, R>) => handler, get: unreachable };
  let known: df.DurableClient | undefined;
  return {
    inputs: [df.input.durableClient()],
    seen:
      <I, R>(handler: Handler<I, R>): Handler<I, R> =>
      (input, context) => {
        known ??= df.getClient(context);
        return handler(input, context);
      },
    get: (): df.DurableClient => known ?? unreachable(),
  };
}

function unreachable(): never {
  throw new Failure({ name: 'Unavailable', message: 'Durable Functions is reached from functions alone' });
}
