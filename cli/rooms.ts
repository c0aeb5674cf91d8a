import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../core/error.ts';
import type { App } from '../core/index.ts';
import { type Redactor, redactor } from '../core/redact.ts';
import { declaredResources } from '../core/resources/declared.ts';
import { SetupError } from '../core/setup-error.ts';
import { adminKeyOf } from '../handlers/local/admin-key.ts';
import { logToStderr } from '../handlers/local/index.ts';
import { lockFolder } from '../handlers/local/lock.ts';
import { openSecrets } from '../handlers/local/secret.ts';
import { moduleFile } from './load-apps.ts';
import { nearest } from './nearest.ts';
import type { Env } from './output.ts';
import { ownPackage } from './own-package.ts';
import { telemetryOf } from './telemetry.ts';
import { UsageError } from './usage-error.ts';

/** What `skein dev` wants of a room. */
export interface RoomRequest {
  /** 0 takes a free one. */
  readonly port: number;
  /** The data folder, which is there. */
  readonly data: string;
  readonly env: Env;
  /** The value of `--module`, if there was one. */
  readonly module: string | undefined;
}

export interface Served {
  readonly url: string;
  /** Takes out what the room keeps secret. @default nothing is */
  readonly redactor?: Redactor;
  /** Ends what is open in peace, and stops. */
  close(): Promise<void>;
}

/** A room that `skein dev` can open; what it needs is loaded when it is. */
export interface RoomChoice {
  /** Half a sentence for the help. */
  readonly summary: string;
  serve(apps: readonly App[], request: RoomRequest): Promise<Served>;
}

export const ROOMS: Readonly<Record<string, RoomChoice>> = {
  local: {
    summary: 'one process over the data folder, where everything is kept',
    async serve(apps, { port, data, env }) {
      const { serve } = await import('../handlers/local/index.ts');
      const { SKEIN_REQUEST_SECONDS: seconds } = env;
      const telemetry = await telemetryOf(env);
      const { room, url, close } = await serve(apps, {
        ...{ port, data, env, log: logToStderr, telemetry },
        ...(seconds && { requestSeconds: Number(seconds) }),
      });
      return { url, close, redactor: room.redactor };
    },
  },
  aws: {
    summary: "what serverless package makes, in processes of AWS's runtime over emulators; nothing of it is kept",
    async serve(apps, { port, data, env, module }) {
      const { serve } = await import('../handlers/aws/dev.ts');
      return inFolder(apps, data, env, (kept) =>
        serve(apps, { ...kept, port, log: logToStderr, root: ownPackage().root, module: moduleFile(module) }),
      );
    },
  },
  azure: {
    summary: 'what build:azure makes, in the library of Azure Functions over Azurite; nothing of it is kept',
    async serve(apps, { port, data, env, module }) {
      const { serve } = await import('../handlers/azure/sandbox/serve.ts');
      const { published } = await azureBuild();
      const publish = () => published(apps, resolve(moduleFile(module)));
      return inFolder(apps, data, env, (kept) => serve(apps, { ...kept, publish, port, log: logToStderr }));
    },
  },
};

/** @throws UsageError with the nearest name. */
export function roomNamed(given = 'local'): RoomChoice {
  const found = Object.hasOwn(ROOMS, given) ? ROOMS[given] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(ROOMS);
  const hint = nearest(given, names);
  throw new UsageError(
    `--room: no room '${given}'${hint === undefined ? '' : `; did you mean '${hint}'?`} (there are: ${names.join(', ')})`,
  );
}

interface Published {
  readonly folder: string;
  remove(): Promise<void>;
}

/** What is deployed is built in a checkout, and is no part of the package: its modules are found by their place, not by an import. */
async function azureBuild(): Promise<{ published(apps: readonly App[], module: string): Promise<Published> }> {
  const build = join(ownPackage().root, 'deploy/azure/published.ts');
  if (!existsSync(build))
    throw new SetupError('--room azure serves what npm run build:azure makes, which needs a checkout of skein');
  return import(pathToFileURL(build).href);
}

interface Kept {
  readonly adminKey: string;
  /** Values of the secrets that are set, by their names. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Serves with the key and the secrets of a data folder, which is taken until what is served is closed. */
async function inFolder(
  apps: readonly App[],
  data: string,
  env: Env,
  serve: (kept: Kept) => Promise<Served>,
): Promise<Served> {
  const folder = resolve(data);
  const unlock = lockFolder(folder);
  try {
    const adminKey = adminKeyOf(folder, env);
    const names = [...declaredResources(apps, 'secret').keys()];
    const { secret } = openSecrets({ folder: join(folder, 'secrets'), env, redactor: redactor([adminKey]) });
    const values = names.map(async (name) => [name, await secret(name).get().catch(unlessNotSet)] as const);
    const set = (await Promise.all(values)).filter((one): one is [string, string] => one[1] !== undefined);
    const served = await serve({ adminKey, secrets: new Map(set) });
    return { url: served.url, close: () => served.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

function unlessNotSet(error: unknown): undefined {
  if (!(error instanceof Failure && error.name === 'SecretNotSet')) throw error;
}
