import type { Json } from '../json.ts';
import { type Clients, CONTEXT, type ResourceOf, type Uses, wrongUses } from '../resources/access.ts';
import type { Bucket } from '../resources/bucket.ts';
import { checkedName, checkedOptionNames } from '../resources/name.ts';
import type { Queue } from '../resources/queue.ts';
import { type Cron, parseCron } from './cron.ts';

/** What a trigger's code gets beside its event and the clients that `uses` names. */
export interface TriggerContext {
  /** The same on every attempt and every duplicate; it is a valid run id too: `start(input, { id: idempotencyKey })`. */
  readonly idempotencyKey: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted on a timeout and when the process stops. */
  readonly signal: AbortSignal;
  /** One JSON line, with the trigger in it. */
  log(message: string, fields?: Readonly<Record<string, Json>>): void;
}

/** An object that was put. Deliveries may come twice and in another order; the object may have changed again, or be gone. */
export interface ObjectEvent {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

export interface ScheduleEvent {
  /** ISO 8601 in UTC: when it was due, not when it runs. */
  readonly scheduledAt: string;
}

interface Common {
  readonly name: string;
  readonly uses: Uses;
  /** Deliveries at once in one process. */
  readonly concurrency: number;
  /** Seconds that one attempt may take. */
  readonly timeout: number;
  /** How often a delivery is tried before it is a dead letter. */
  readonly attempts: number;
  readonly run: (event: never, context: never) => unknown;
}
export interface ConsumeTrigger extends Common {
  readonly kind: 'consume';
  readonly queue: Queue<never, unknown>;
}
export interface ObjectTrigger extends Common {
  readonly kind: 'object';
  readonly bucket: ResourceOf<'bucket'>;
  readonly prefix: string;
  readonly suffix: string;
}
export interface ScheduleTrigger extends Common {
  readonly kind: 'schedule';
  /** Five fields, in UTC. */
  readonly cron: string;
  readonly times: Cron;
}
export type Trigger = ConsumeTrigger | ObjectTrigger | ScheduleTrigger;

interface TriggerOptions<E, U extends Uses> {
  readonly uses?: U;
  /** 1 to 1,000. @default 10 */
  readonly concurrency?: number;
  /** Seconds that one attempt may take, 1 to 900; then it fails with `Timeout`. @default 30 */
  readonly timeout?: number;
  readonly run: (event: E, context: TriggerContext & Clients<U>) => unknown;
}
export interface ConsumeOptions<M, U extends Uses> extends TriggerOptions<M, U> {
  /** Unique in the app. @default the queue's name */
  readonly name?: string;
}
export interface ObjectOptions<U extends Uses> extends TriggerOptions<ObjectEvent, U> {
  /** Unique in the app. @default `on-<bucket>` */
  readonly name?: string;
  /** Only keys that begin so. @default '' */
  readonly prefix?: string;
  /** Only keys that end so. @default '' */
  readonly suffix?: string;
  /** 1 to 100. @default 5 */
  readonly attempts?: number;
}
export interface ScheduleOptions<U extends Uses> extends TriggerOptions<ScheduleEvent, U> {
  /** Unique in the app. */
  readonly name: string;
  /** 1 to 100. @default 5 */
  readonly attempts?: number;
}

const COMMON = ['name', 'uses', 'concurrency', 'timeout', 'run'];

/**
 * Runs code for each message of a queue, at least once. Where the code throws, the message comes again later, until the queue's
 * `attempts` are used up; then it is a dead letter with the error. A message that does not fit the queue's schema is one at once.
 *
 * @throws TypeError naming the option that is wrong.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
export function consume<I, M, U extends Uses = {}>(queue: Queue<I, M>, options: ConsumeOptions<M, U>): ConsumeTrigger {
  const name = checkedName('consume', options.name ?? queue?.name);
  const common = checked(`consume '${name}'`, options, COMMON);
  return Object.freeze({
    kind: 'consume',
    name,
    ...common,
    attempts: queue.attempts,
    queue: queue as Queue<never, unknown>,
  });
}

/**
 * Runs code for each object that is put into a bucket, at least once.
 *
 * A trigger that puts into its own bucket under its own prefix calls itself for ever: choose prefixes apart.
 *
 * @throws TypeError naming the option that is wrong.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
export function onObject<U extends Uses = {}>(bucket: Bucket, options: ObjectOptions<U>): ObjectTrigger {
  const name = roomName('onObject', options.name ?? `on-${bucket?.name}`);
  const where = `onObject '${name}'`;
  const { prefix = '', suffix = '' } = options;
  if (typeof prefix !== 'string' || typeof suffix !== 'string')
    throw new TypeError(`${where}: prefix and suffix must be strings`);
  const common = checked(where, options, [...COMMON, 'attempts', 'prefix', 'suffix']);
  const resource = { kind: 'bucket', name: bucket.name } as const;
  return Object.freeze({ kind: 'object', name, ...common, bucket: resource, prefix, suffix });
}

/**
 * Runs code at the times of a cron expression, in UTC, at least once each. Times that pass while nothing runs are not made up
 * for, except the last of them.
 *
 * @throws TypeError naming the option or the field that is wrong.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
export function schedule<U extends Uses = {}>(cron: string, options: ScheduleOptions<U>): ScheduleTrigger {
  const name = roomName('schedule', options.name);
  const common = checked(`schedule '${name}'`, options, [...COMMON, 'attempts']);
  return Object.freeze({ kind: 'schedule', name, ...common, cron, times: parseCron(cron) });
}

/** The room's queue for it has a prefix, and has to fit the same bounds. */
function roomName(what: string, name: string): string {
  if (checkedName(what, name).length > 56) throw new TypeError(`${what}: the name '${name}' is over 56 characters`);
  return name;
}

type Unchecked = Partial<Pick<Common, 'uses' | 'concurrency' | 'timeout' | 'attempts'>> & { readonly run: unknown };

function checked(where: string, options: Unchecked, known: readonly string[]): Omit<Common, 'name'> {
  checkedOptionNames(where, options, known);
  const { uses = {}, concurrency = 10, timeout = 30, attempts = 5, run } = options;
  if (typeof run !== 'function') throw new TypeError(`${where}: run must be a function`);
  const wrong = wrongUses(uses, CONTEXT);
  if (wrong !== undefined) throw new TypeError(`${where}: ${wrong}`);
  const bounded = (option: string, value: unknown, most: number): number => {
    if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most) return value as number;
    throw new TypeError(`${where}: ${option} must be a whole number from 1 to ${most}, not ${String(value)}`);
  };
  return {
    uses: Object.freeze({ ...uses }),
    concurrency: bounded('concurrency', concurrency, 1_000),
    timeout: bounded('timeout', timeout, 900),
    attempts: bounded('attempts', attempts, 100),
    run: run as Common['run'],
  };
}

/** One short function per kind of trigger. */
export type TriggerCases<R> = { readonly [K in Trigger['kind']]: (trigger: Extract<Trigger, { kind: K }>) => R };

export function foldTrigger<R>(cases: TriggerCases<R>): (trigger: Trigger) => R {
  return (trigger) => (cases[trigger.kind] as (trigger: Trigger) => R)(trigger);
}
