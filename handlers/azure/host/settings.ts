import { SetupError } from '../../../core/setup-error.ts';
import { isObject, type JsonObject, readAppFiles } from './app-files.ts';
import { type Limits, readLimits } from './durable/limits.ts';
import { withSettings } from './expression.ts';
import { timeSpan } from './time-span.ts';

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#hostjson-settings */
export interface QueueSettings {
  /** Messages that are fetched at once. @default 16 */
  readonly batchSize: number;
  /** The next batch is fetched when so many are left running. @default half of `batchSize` */
  readonly newBatchThreshold: number;
  /** Attempts until a message goes to the poison queue. @default 5 */
  readonly maxDequeueCount: number;
  /** Milliseconds until a failed message is tried again. @default 0 */
  readonly visibilityTimeout: number;
  /** The most milliseconds between two looks into an empty queue. @default 60,000 */
  readonly maxPollingInterval: number;
  readonly messageEncoding: 'base64' | 'none';
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob#hostjson-settings */
export interface BlobSettings {
  /** Blobs of one function that run at once. @default 8 */
  readonly maxDegreeOfParallelism: number;
  /** Attempts until the blob's name goes to `webjobs-blobtrigger-poison`. @default 5 */
  readonly poisonBlobThreshold: number;
}

/** What host.json and the app settings say, as far as this host obeys it. */
export interface HostSettings {
  /** Without slashes at its ends. @default 'api' */
  readonly routePrefix: string;
  /** Milliseconds that one call may take. @default 1,800,000, as on Flex Consumption */
  readonly functionTimeout: number;
  readonly queues: QueueSettings;
  readonly blobs: BlobSettings;
  /** The task hub of Durable Functions. @default 'TestHubName' */
  readonly hubName: string;
  /** Of orchestrations that are started without a version. @default '' */
  readonly defaultVersion: string;
  /** @default ten of a kind for each core */
  readonly limits: Required<Limits>;
  /** The app settings: `local.settings.json` below what was given, all of which the app sees as its environment. */
  readonly app: Readonly<Record<string, string>>;
}

/** A timer takes 31 bits of milliseconds; "-1" is no bound. */
const LONGEST = 2 ** 31 - 1;

/**
 * Reads the settings of an app's folder. An app setting `AzureFunctionsJobHost__extensions__queues__batchSize` wins over host.json,
 * as in Azure.
 *
 * @throws SetupError naming the file and the field; a `Failure` `UnknownSetting` where the hub's name wants one that is not there.
 */
export function readSettings(folder: string, env: Readonly<Record<string, string>>): HostSettings {
  const { host, values } = readAppFiles(folder);
  const app = { ...values, ...env };
  const file = overridden(host, app);
  const section = (...path: string[]): Section => sectionOf(file, ['host.json', ...path]);
  const queues = section('extensions', 'queues');
  const blobs = section('extensions', 'blobs');
  const batchSize = queues.count('batchSize', 16, 1, 32);
  const durable = section('extensions', 'durableTask');
  const each = readLimits();
  const atOnce = (limit: keyof Limits): number => durable.count(limit, each[limit], 1, 1_000_000);
  return {
    routePrefix: section('extensions', 'http')
      .text('routePrefix', 'api')
      .replace(/^\/+|\/+$/g, ''),
    functionTimeout: Math.min(section().time('functionTimeout', 1_800_000), LONGEST),
    queues: {
      batchSize,
      newBatchThreshold: queues.count('newBatchThreshold', Math.floor(batchSize / 2), 0, 1_000),
      maxDequeueCount: queues.count('maxDequeueCount', 5, 1, 1_000_000),
      visibilityTimeout: queues.time('visibilityTimeout', 0),
      maxPollingInterval: Math.max(queues.time('maxPollingInterval', 60_000), 100),
      messageEncoding: encoding(queues.text('messageEncoding', 'base64')),
    },
    blobs: {
      maxDegreeOfParallelism: blobs.count('maxDegreeOfParallelism', 8, 1, 1_000),
      poisonBlobThreshold: blobs.count('poisonBlobThreshold', 5, 1, 1_000),
    },
    hubName: withSettings(durable.text('hubName', 'TestHubName'), app, 'host.json: extensions.durableTask.hubName'),
    defaultVersion: durable.text('defaultVersion', ''),
    limits: {
      maxConcurrentActivityFunctions: atOnce('maxConcurrentActivityFunctions'),
      maxConcurrentOrchestratorFunctions: atOnce('maxConcurrentOrchestratorFunctions'),
    },
    app,
  };
}

function encoding(text: string): QueueSettings['messageEncoding'] {
  const low = text.toLowerCase();
  if (low === 'base64' || low === 'none') return low;
  throw new SetupError(
    `host.json: extensions.queues.messageEncoding must be "base64" or "none", not ${JSON.stringify(text)}`,
  );
}

interface Section {
  text(field: string, otherwise: string): string;
  count(field: string, otherwise: number, min: number, max: number): number;
  /** Milliseconds of a TimeSpan; -1 is for ever. */
  time(field: string, otherwise: number): number;
}

function sectionOf(file: JsonObject, [name = '', ...path]: readonly string[]): Section {
  let object: JsonObject = file;
  for (const [index, step] of path.entries()) {
    const inner = object[step] ?? {};
    if (!isObject(inner)) throw new SetupError(`${name}: ${path.slice(0, index + 1).join('.')} must be an object`);
    object = inner;
  }
  const read = <T>(field: string, otherwise: T, want: string, parse: (value: unknown) => T | undefined): T => {
    const value = object[field];
    if (value === undefined || value === null) return otherwise;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    throw new SetupError(`${name}: ${[...path, field].join('.')} must be ${want}, not ${JSON.stringify(value)}`);
  };
  return {
    text: (field, otherwise) =>
      read(field, otherwise, 'a string', (value) => (typeof value === 'string' ? value : undefined)),
    count: (field, otherwise, min, max) =>
      read(field, otherwise, `a whole number from ${min} to ${max}`, (value) => {
        const number = Number(value);
        return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined;
      }),
    time: (field, otherwise) =>
      read(field, otherwise, 'a time such as "00:05:00"', (value) =>
        String(value) === '-1' ? Number.POSITIVE_INFINITY : timeSpan(String(value)),
      ),
  };
}

const OVERRIDE = /^AzureFunctionsJobHost(?:__|:)(.+)$/i;

/** host.json with what app settings say otherwise. */
function overridden(host: JsonObject, app: Readonly<Record<string, string>>): JsonObject {
  const file = structuredClone(host) as Record<string, unknown>;
  for (const [name, value] of Object.entries(app)) {
    const path = OVERRIDE.exec(name)?.[1]?.split(/__|:/);
    if (path !== undefined) put(file, path, value);
  }
  return file;
}

/** Names of settings do not care about case. */
function put(object: Record<string, unknown>, [step = '', ...rest]: readonly string[], value: string): void {
  const key = Object.keys(object).find((one) => one.toLowerCase() === step.toLowerCase()) ?? step;
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  const inner = object[key];
  const next: Record<string, unknown> = isObject(inner) ? (inner as Record<string, unknown>) : {};
  object[key] = next;
  put(next, rest, value);
}
