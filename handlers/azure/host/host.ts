import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkedNumber } from '../../../core/checked-number.ts';
import type { Log } from '../../../core/log.ts';
import { logLine } from '../../../core/log-line.ts';
import { makeBindings } from './bindings.ts';
import { makeCaller } from './caller.ts';
import { type Clock, systemClock, virtualClock } from './durable/clock.ts';
import { type Durable, type DurableOptions, openDurable } from './durable/engine.ts';
import { fileStore } from './durable/file-store.ts';
import { type ClientPlaces, durableClient, durableInvoker } from './durable-functions.ts';
import { durableMounts } from './durable-mounts.ts';
import { appEnvironment } from './environment.ts';
import { front } from './front.ts';
import { describeFunction, findFunction, type HostFunction } from './functions.ts';
import { BODY_LIMIT } from './http-data.ts';
import { httpFunctions } from './http-functions.ts';
import { type Invoked, type InvokeOptions, invokeFunction } from './invoke.ts';
import { checkedKeys, type Keys } from './keys.ts';
import { openListener } from './listener.ts';
import { drainAll } from './poller.ts';
import { type HostSettings, readSettings } from './settings.ts';
import { openStorage } from './storage.ts';
import { startStorageTriggers } from './storage-triggers.ts';
import { tellingClock } from './telling-clock.ts';
import { startTimers } from './timer-trigger.ts';
import { openWorker, type Worker } from './worker.ts';

export interface HostOptions {
  /** The root of a Functions app, as it is published: host.json, package.json, node_modules and the built code. */
  readonly folder: string;
  /** Of 127.0.0.1; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Of the storage account, such as Azurite's: the app setting `AzureWebJobsStorage`. @default what the settings say */
  readonly connectionString?: string;
  /** App settings, which win over local.settings.json. Of this process's own environment the app sees PATH and the like only. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that keeps the histories of orchestrations, so that they go on at the next start. @default none, and they end with the host */
  readonly data?: string;
  /** `virtual`: orchestrations never wait, time jumps to their next timer. @default the system's clock */
  readonly clock?: Clock | 'virtual';
  /** Keeps to what the real host does even where it loses something; docs/azure-host.md lists it. @default false */
  readonly strict?: boolean;
  /** Asked for at the levels `function` and `admin`. @default none is asked for, as with func */
  readonly keys?: Keys;
  /** @default JSON lines on standard error */
  readonly log?: Log;
  /** The most milliseconds between two looks at an empty queue or container, 10 to 60,000. @default 1,000 */
  readonly pollEvery?: number;
  /** `false`: queues, blobs and timers call nothing by themselves; `invoke` does. No storage account is needed then. @default true */
  readonly triggers?: boolean;
  /** The Node that runs the app, such as one of the version that Azure has. @default the one that runs the host */
  readonly node?: string;
  /** Its options, such as `--inspect`. @default none */
  readonly nodeOptions?: readonly string[];
  /** What else the Durable engine takes. Here `callHttp` may reach any origin, as it may in Azure, where `http` does not say which. */
  readonly durable?: Pick<DurableOptions, 'faults' | 'http' | 'limits' | 'schema' | 'store'>;
}

export interface Host {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly functions: readonly HostFunction[];
  /** Asks the host: a path of it, or a request. */
  fetch(request: string | Request, init?: RequestInit): Promise<Response>;
  /** Calls a function that is not for HTTP by hand, and writes its outputs. Rejects with what it threw. */
  invoke(name: string, options?: InvokeOptions): Promise<Invoked>;
  /** The engine, where the app has orchestrations. */
  readonly durable: Durable | undefined;
  /** Handles what is in the queues and containers, and what comes of that, until nothing is left. */
  drain(): Promise<void>;
  /** Takes no more work, lets what runs end (for at most ten seconds), and stops the app. */
  close(): Promise<void>;
}

/** Milliseconds that calls get to end. */
const GRACE = 10_000;

/**
 * Runs an Azure Functions app of the Node v4 model on this machine: HTTP, queues, blobs, timers and orchestrations.
 *
 * @throws SetupError naming the file and the field; a `Failure` `AppFailed` when the app would not load.
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const { port = 0, connectionString, env = {}, strict = false, log = toStderr, pollEvery = 1_000 } = options;
  const { triggers: listens = true, durable: engine } = options;
  const folder = resolve(options.folder);
  const keys = checkedKeys(options.keys);
  checkedNumber('port', port, 0, 65_535);
  checkedNumber('pollEvery', pollEvery, 10, 60_000);
  const storageSetting = connectionString === undefined ? {} : { AzureWebJobsStorage: connectionString };
  const settings = readSettings(folder, { ...env, ...storageSetting });
  const clock = options.clock === 'virtual' ? virtualClock() : (options.clock ?? systemClock);

  const undo: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    let worker: Worker | undefined;
    // What is asked while the host closes is still answered: the app ends last.
    undo.push(async () => worker?.close());
    const listener = await openListener(port);
    undo.push(() => listener.close());
    worker = await openWorker({
      folder,
      env: appEnvironment(folder, listener.host, settings.app),
      timeout: settings.functionTimeout,
      log: ({ message, function: name, invocation, ...line }) =>
        log(message, { ...line, ...(name && { function: name }), ...(invocation && { invocation }) }),
      ...(options.node !== undefined && { node: options.node }),
      ...(options.nodeOptions !== undefined && { nodeOptions: options.nodeOptions }),
    });
    const functions = worker.functions.map((metadata) => describeFunction(metadata, settings.app));
    const places = placesOf(listener.url, settings, keys);
    const storage = openStorage(settings.app);
    const now = clock.now;
    const bindings = makeBindings({ settings, storage, strict, now, client: () => durableClient(places) });
    const call = makeCaller(worker, bindings, log);

    const timers = startTimers(
      functions.filter((one) => one.kind === 'timer' && !one.disabled && one.unsupported === undefined),
      { app: settings.app, clock, call, log, listens },
    );
    const durable = functions.some((one) => one.kind === 'orchestration')
      ? await openDurable({
          ...(options.data !== undefined && { store: await fileStore(join(options.data, settings.hubName)) }),
          http: 'any',
          defaultVersion: settings.defaultVersion,
          limits: settings.limits,
          ...engine,
          invoker: durableInvoker(functions, call),
          clock: clock.hold === undefined ? clock : tellingClock(clock, timers.passed),
          strict,
          log,
        })
      : undefined;
    undo.push(async () => durable?.close());
    const triggers = await startStorageTriggers(listens ? functions : [], {
      settings,
      storage,
      call,
      log,
      pollEvery,
      folder,
    });
    undo.push(() => {
      timers.stop();
      return Promise.race([Promise.all([triggers.stop(), timers.idle()]), sleep(GRACE, undefined, { ref: false })]);
    });

    const invoke = (called: HostFunction, given?: InvokeOptions): Promise<Invoked> =>
      invokeFunction(called, given, { call, timers });
    listener.answer((request, response) =>
      front(request, response, {
        http,
        functions,
        keys,
        mounts: durable === undefined ? [] : durableMounts(durable, places),
        log,
        call,
        rules: { strict, bodyLimit: bodyLimit(settings) },
        streamPort: worker.streamPort,
        run: (called, input) => invoke(called, input === undefined ? {} : { input }),
      }),
    );
    const http = httpFunctions(functions, settings.routePrefix);
    tellWhatIsThere(functions, worker, settings, log);
    return {
      url: listener.url,
      functions,
      fetch: (request, init) => fetch(typeof request === 'string' ? new URL(request, listener.url) : request, init),
      invoke: async (name, given) => invoke(findFunction(functions, name), given),
      durable,
      drain: () => drainAll(triggers.pollers),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function placesOf(url: string, { hubName }: HostSettings, keys: Keys | undefined): ClientPlaces {
  return {
    webhooks: `${url}/runtime/webhooks/durabletask/`,
    rpc: `${url}/runtime/rpc/${randomBytes(16).toString('hex')}/`,
    hubName,
    key: keys?.admin,
  };
}

function bodyLimit({ app }: HostSettings): number {
  const { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: text } = app;
  const bytes = Number(text);
  return text !== undefined && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : BODY_LIMIT;
}

function tellWhatIsThere(functions: readonly HostFunction[], worker: Worker, settings: HostSettings, log: Log): void {
  for (const { name, kind, unsupported, disabled } of functions) {
    if (disabled) log('function is disabled', { level: 'information', function: name });
    else if (unsupported !== undefined)
      log('function is not supported here', { level: 'warning', function: name, unsupported });
    else log('function', { level: 'information', function: name, trigger: kind });
  }
  if (worker.functions.length === 0)
    log('the app has no functions', { level: 'warning', routePrefix: settings.routePrefix });
}

const toStderr: Log = (message, fields) => {
  process.stderr.write(`${logLine(new Date(), message, fields)}\n`);
};
