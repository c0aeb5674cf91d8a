import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { App } from '../../core/app.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { site } from '../../core/http/site.ts';
import type { Json } from '../../core/json.ts';
import type { Resource } from '../../core/resources/access.ts';
import { invoke } from '../../core/workflow/invoke.ts';
import type { RunReader, RunStarter } from '../../core/workflow/runs.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import { adminKeyOf } from './admin-key.ts';
import { openBuckets } from './bucket.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Engine, makeEngine } from './engine.ts';
import { type Faults, faultsFrom } from './fault.ts';
import { openJournal } from './journal.ts';
import { lockFolder } from './lock.ts';
import { type Log, silent } from './log.ts';
import { makePool } from './pool.ts';
import { surroundingsOf } from './surroundings.ts';

export interface RoomOptions {
  /** The data folder; made where it is not there. */
  readonly data: string;
  /** @default the system's */
  readonly clock?: Clock;
  /** @default none */
  readonly log?: Log;
  /** Where `SKEIN_ADMIN_KEY`, `SKEIN_TEST` and `SKEIN_FAULT` are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Room {
  readonly adminKey: string;
  readonly engine: Engine;
  /** Answers at once where a route does: the server then has one turn of the queue less to wait. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Lets running steps end, at most `grace` milliseconds, and gives the folder back. */
  close(grace?: number): Promise<void>;
}

/** Milliseconds that running steps get when the process is asked to stop. */
const GRACE = 10_000;

/**
 * The local room: apps served from one process over one data folder.
 *
 * @throws FolderInUse; TypeError where the apps do not go together.
 */
export async function openRoom(apps: readonly App[], options: RoomOptions): Promise<Room> {
  const { clock = systemClock, log = silent, env = process.env } = options;
  const workflows = workflowsOf(apps);
  const isolated = isolatedOf(apps);
  const faults: Faults = faultsFrom(env);
  const folder = resolve(options.data);
  const unlock = lockFolder(folder);
  try {
    const bucketFolder = join(folder, 'buckets');
    mkdirSync(bucketFolder, { recursive: true });
    const buckets = openBuckets({ folder: bucketFolder, fault: faults, sweep: true });
    const journal = openJournal(join(folder, 'journal.db'), faults);
    const pool = makePool({ buckets: bucketFolder }, log);
    const adminKey = adminKeyOf(folder, env);
    const keyring = await makeKeyring(adminKey, clock.now);
    const client = (resource: Resource): object =>
      resource.kind === 'bucket' ? buckets.bucket(resource.name) : runsClient(resource.name);
    const surroundings = surroundingsOf((name) => buckets.bucket(name), client, log);
    const engine = makeEngine({
      workflows,
      journal,
      log,
      host: {
        clock,
        step: (workflow, name) => workflows.get(workflow)?.steps.get(name),
        execute(definition, call, signal) {
          const target = isolated.get(definition);
          return target === undefined
            ? invoke(definition, call, surroundings, signal)
            : pool.run({ ...target, step: definition.name }, call, signal);
        },
      },
    });
    const runsClient = (workflow: string): RunStarter<Json> & RunReader => ({
      async start(input, { id } = {}) {
        const started = await engine.start(workflow, input, id);
        return { id: started.id, statusUrl: await keyring.statusPath(started.id) };
      },
      async status(id) {
        const status = await engine.status(id).catch(absent);
        return status?.workflow === workflow ? status : undefined;
      },
      statusUrl: (id) => keyring.statusPath(id),
    });
    const root = site({
      apps,
      runs: engine,
      keyring,
      bucket: (name) => buckets.bucket(name),
      client,
      report: (id, error) =>
        log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    });
    engine.resume();
    return {
      adminKey,
      engine,
      fetch: (request) => root.fetch(request),
      async close(grace = GRACE) {
        await engine.close(grace);
        await pool.close();
        buckets.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && error.name === 'NotFound') return undefined;
  throw error;
}

function workflowsOf(apps: readonly App[]): ReadonlyMap<string, Workflow> {
  const workflows = new Map<string, Workflow>();
  const names = new Set<string>();
  for (const app of apps) {
    if (names.has(app.name)) throw new TypeError(`two apps are called '${app.name}'`);
    names.add(app.name);
    for (const workflow of app.workflows) {
      if (workflows.has(workflow.name))
        throw new TypeError(`app '${app.name}': another app has a workflow '${workflow.name}'`);
      workflows.set(workflow.name, workflow);
    }
  }
  return workflows;
}

/** The steps that want a thread, and where a thread finds them. */
function isolatedOf(apps: readonly App[]): ReadonlyMap<StepDefinition, { module: string; workflow: string }> {
  const found = new Map<StepDefinition, { module: string; workflow: string }>();
  for (const { name, module, workflows } of apps)
    for (const workflow of workflows)
      for (const step of workflow.steps.values()) {
        if (step.isolate === undefined) continue;
        if (module === undefined)
          throw new TypeError(
            `app '${name}': step '${step.name}' has isolate: 'cpu'; pass module: import.meta.url to app(…), in the module that exports the app as default`,
          );
        found.set(step, { module, workflow: workflow.name });
      }
  return found;
}
