import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import { cameFrom } from '../../../core/http/client-address.ts';
import { failureResponse } from '../../../core/http/failure.ts';
import { makeKeyring } from '../../../core/http/keyring.ts';
import { site } from '../../../core/http/site.ts';
import type { Resource } from '../../../core/resources/access.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import { FRONT_KEY } from '../functions/environment.ts';
import { clientOf } from '../http/client-of.ts';
import type { HttpKind, HttpResult } from '../http/http-kind.ts';
import { httpKindOf } from '../http/kinds.ts';
import { absentClients, absentRuns } from './absent.ts';
import { openDesk, type QueueEnds } from './desk.ts';
import { fields } from './field.ts';
import { logToStderr } from './log.ts';
import { nameOfEvent } from './name-of-event.ts';
import { recordKindOf } from './record-kinds.ts';

/** What a function gets from the room; nothing of it is needed by functions that use no resource. */
export interface LambdaParts {
  /** The client of a resource. @default each call rejects with `Unavailable` */
  readonly client?: (resource: Resource) => object;
  /** Ends a message before its queue's redrive policy does. @default that policy alone buries, and messages come again at its pace */
  readonly queue?: (name: string) => QueueEnds;
  /** @default JSON lines on standard error */
  readonly log?: Surroundings['log'];
  /** Answers requests. @default what `site` serves, with `SKEIN_ADMIN_KEY` for its management */
  readonly fetch?: Fetch;
}

/** @param environment says who asks, see `cameFrom`. */
export type Fetch = (request: Request, environment?: object) => Response | Promise<Response>;

/** The part of Lambda's context that is read. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/** @throws (rejects) with `Unsupported` naming the kind of an event that is neither a request nor a trigger's. */
export type LambdaHandler = (event: unknown, context?: LambdaContext) => Promise<unknown>;

/**
 * One Lambda function for a whole app: requests of API Gateway, function URLs, load balancers and VPC Lattice go to its routes,
 * records of SQS, SNS, S3 and EventBridge to its triggers.
 *
 * @throws TypeError naming a part that is not known.
 */
export function lambda(app: App, parts: LambdaParts = {}): LambdaHandler {
  const { fetch, room, queue } = prepare(app, parts);
  return async (event, context) => {
    const kind = httpKindOf(event);
    if (kind !== undefined) return answer(kind, event, fetch, room.log);
    const records = recordKindOf(event);
    if (records === undefined) throw unsupported(app, event);
    return records.handle(fields(event), openDesk({ app, room, queue, signal: deadline(context) }));
  };
}

/** @throws TypeError naming a part that is not known. */
export function prepare(app: App, parts: LambdaParts) {
  checkedOptionNames('lambda', parts, ['client', 'queue', 'log', 'fetch']);
  const adminKey = process.env.SKEIN_ADMIN_KEY;
  const { log = logToStderr(adminKey === undefined ? [] : [adminKey]), client = absentClients(app) } = parts;
  const fetch = parts.fetch ?? siteFetch(app, { client, log }, adminKey);
  return { fetch, room: { client, log }, queue: parts.queue };
}

const frontKey = (): string | undefined => process.env[FRONT_KEY];

/** Whatever goes wrong, the front gets an answer that it understands. */
export async function requestOf(
  kind: HttpKind,
  event: unknown,
  fetch: Fetch,
  log: Surroundings['log'],
): Promise<Response> {
  try {
    const request = kind.toRequest(fields(event));
    const address = clientOf(request, kind.addressOf?.(fields(event)), frontKey);
    return await fetch(request, cameFrom(address));
  } catch (error) {
    return failureResponse(error, reportTo(log));
  }
}

async function answer(kind: HttpKind, event: unknown, fetch: Fetch, log: Surroundings['log']): Promise<HttpResult> {
  const response = await requestOf(kind, event, fetch, log);
  try {
    return await kind.toResult(response, fields(event));
  } catch (error) {
    return kind.toResult(failureResponse(error, reportTo(log)), fields(event));
  }
}

export function unsupported(app: App, event: unknown): Failure {
  return new Failure({ name: 'Unsupported', message: `app '${app.name}' takes no such event: ${nameOfEvent(event)}` });
}

function siteFetch(app: App, room: Pick<Surroundings, 'client' | 'log'>, adminKey: string | undefined): Fetch {
  // Where no key is set nobody has it: what needs one stays shut.
  const root = makeKeyring(adminKey ?? crypto.randomUUID()).then((keyring) =>
    site({
      apps: [app],
      runs: absentRuns,
      keyring,
      client: room.client,
      report: reportTo(room.log),
    }),
  );
  // Each request rejects then, which names the reason where it is read.
  root.catch(() => undefined);
  let fetch: Fetch = async (request, environment) => {
    fetch = (await root).fetch;
    return fetch(request, environment);
  };
  return (request, environment) => fetch(request, environment);
}

function reportTo(log: Surroundings['log']): (id: string, error: unknown) => void {
  return (id, error) =>
    log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

/** Milliseconds before Lambda ends the function that deliveries are told to stop, so that those that are done can still be reported. */
const MARGIN = 500;

function deadline(context: LambdaContext | undefined): AbortSignal {
  const left = context?.getRemainingTimeInMillis?.();
  return left === undefined
    ? new AbortController().signal
    : AbortSignal.timeout(Math.max(0, Math.floor(left) - MARGIN));
}
