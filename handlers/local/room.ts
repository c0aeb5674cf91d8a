import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { App } from '../../core/app.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { site } from '../../core/http/site.ts';
import { workflowClient } from '../../core/http/workflow-client.ts';
import { type Log, redacting } from '../../core/log.ts';
import { type Redactor, redactor } from '../../core/redact.ts';
import { type Clients, clientsFor, type Uses } from '../../core/resources/access.ts';
import { SetupError } from '../../core/setup-error.ts';
import { redactingTelemetry } from '../../core/telemetry/redacting-telemetry.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { invoke } from '../../core/workflow/invoke.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import { workflowsOf } from '../../core/workflows-of.ts';
import { adminKeyOf } from './admin-key.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Engine, makeEngine } from './engine.ts';
import { type Faults, faultsFrom } from './fault.ts';
import { openJournal } from './journal.ts';
import { lockFolder } from './lock.ts';
import { detailed, silent, tracing } from './log.ts';
import { makePool } from './pool.ts';
import { objectIndex, openResources } from './resources.ts';
import { secretsOf } from './secret.ts';
import { surroundingsOf } from './surroundings.ts';
import { startTriggers } from './triggers.ts';

export interface RoomOptions {
  /** The data folder; made where it is not there. */
  readonly data: string;
  /** @default the system's */
  readonly clock?: Clock;
  /** @default none */
  readonly log?: Log;
  /** Traces and metrics, such as those of `skein/otel`. @default none, and no work for them */
  readonly telemetry?: Telemetry | undefined;
  /** Where `SKEIN_ADMIN_KEY`, `SKEIN_LOG`, `SKEIN_SECRET_*`, `SKEIN_TEST` and `SKEIN_FAULT` are read. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Room {
  readonly adminKey: string;
  readonly engine: Engine;
  /** Answers at once where a route does: the server then has one turn of the queue less to wait. `environment` is of `cameFrom`. */
  readonly fetch: (request: Request, environment?: object) => Response | Promise<Response>;
  /** Takes the admin key, and the secrets that were read, out of what others write down. */
  readonly redactor: Redactor;
  /** What a function with these `uses` would get. */
  clients<U extends Uses>(uses: U): Clients<U>;
  /** Starts nothing more: no run, no step, no delivery. */
  drain(): void;
  /** Lets running steps and deliveries end, each at most `grace` milliseconds, and gives the folder back. */
  close(grace?: number): Promise<void>;
}

/** The table where the room remembers what its triggers did; apps cannot declare it. */
const MEMORY = 'skein-triggers';
/** Milliseconds that running steps get when the process is asked to stop. */
const GRACE = 10_000;

/**
 * The local room: apps served from one process over one data folder.
 *
 * @throws FolderInUse; SetupError where the apps do not go together.
 */
export async function openRoom(apps: readonly App[], options: RoomOptions): Promise<Room> {
  const { clock = systemClock, env = process.env } = options;
  const workflows = workflowsOf(apps);
  const isolated = isolatedOf(apps);
  const faults: Faults = faultsFrom(env);
  const detail = detailed(env);
  const folder = resolve(options.data);
  const unlock = lockFolder(folder);
  try {
    const adminKey = adminKeyOf(folder, env);
    const keyring = await makeKeyring(adminKey, clock.now);
    const known = redactor([adminKey]);
    const telemetry = options.telemetry && redactingTelemetry(options.telemetry, known);
    const log = redacting(tracing(options.log ?? silent, telemetry), known);
    const resources = openResources({
      folder,
      keyring,
      redactor: known,
      env,
      fault: faults,
      now: clock.now,
      sweep: true,
      ...(telemetry && { trace: () => telemetry.current() }),
      workflow: (name) =>
        workflowClient(
          name,
          () => engine,
          async () => keyring,
        ),
    });
    const journal = openJournal(join(folder, 'journal.db'), faults);
    const pool = makePool(
      { folder, adminKey, env: secretsOf(env), telemetry: telemetry?.module, fault: faults.plan },
      log,
    );
    const surroundings = surroundingsOf(resources, log, telemetry);
    const engine = makeEngine({
      workflows,
      journal,
      log,
      detail: detail ? log : undefined,
      telemetry,
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
    const root = site({
      apps,
      runs: engine,
      keyring,
      client: resources.client,
      telemetry,
      report: (id, error) =>
        log('request failed', { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    });
    engine.resume();
    const triggers = await startTriggers({
      triggers: apps.flatMap((app) => app.triggers),
      room: surroundings,
      log,
      clock,
      objects: objectIndex(folder),
      queue: resources.queue,
      reclaim: resources.reclaim,
      memory: resources.table(MEMORY),
    });
    let closing: Promise<void> | undefined;
    const shut = async (grace: number): Promise<void> => {
      await triggers.close(grace);
      await engine.close(grace);
      await pool.close();
      resources.close();
      unlock();
      if (telemetry === undefined) return;
      // The spans of what was just halted end in this turn.
      await turn();
      await telemetry.flush();
    };
    return {
      adminKey,
      engine,
      fetch: (request, environment) => root.fetch(request, environment),
      redactor: known,
      clients: (uses) => clientsFor(uses, resources.client),
      drain() {
        triggers.drain();
        engine.drain();
      },
      close(grace = GRACE) {
        closing ??= shut(grace);
        return closing;
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The steps that want a thread, and where a thread finds them. */
function isolatedOf(apps: readonly App[]): ReadonlyMap<StepDefinition, { module: string; workflow: string }> {
  const found = new Map<StepDefinition, { module: string; workflow: string }>();
  for (const { name, module, workflows } of apps)
    for (const workflow of workflows)
      for (const step of workflow.steps.values()) {
        if (step.isolate === undefined) continue;
        if (module === undefined)
          throw new SetupError(
            `app '${name}': step '${step.name}' has isolate: 'cpu'; pass module: import.meta.url to app(…), in the module that exports the app as default`,
          );
        found.set(step, { module, workflow: workflow.name });
      }
  return found;
}
