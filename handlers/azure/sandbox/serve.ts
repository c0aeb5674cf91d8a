import { randomUUID } from 'node:crypto';
import type { App } from '../../../core/app.ts';
import type { Log } from '../../../core/log.ts';
import { SetupError } from '../../../core/setup-error.ts';
import { ADMIN_KEY, STORAGE, secretVariable } from '../functions/environment.ts';
import { provision } from '../functions/provision.ts';
import { openHost } from '../host/index.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from './azurite.ts';

export interface ServeOptions {
  /** Makes what `npm run build:azure` makes of the apps, in a folder that is removed at the end. */
  readonly publish: () => Promise<Published>;
  /** 0 takes a free one. */
  readonly port: number;
  readonly adminKey: string;
  /** Values of secrets, by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly log: Log;
}

export interface Published {
  readonly folder: string;
  remove(): Promise<void>;
}

export interface Served {
  readonly url: string;
  /** Ends what is open in peace. What the storage account held is gone. */
  close(): Promise<void>;
}

/**
 * Serves apps from the folder that is published to Azure, on 127.0.0.1: the host runs it, and Azurite is its storage account.
 *
 * @throws SetupError where Azurite is not installed.
 */
export async function serve(apps: readonly App[], options: ServeOptions): Promise<Served> {
  const { publish, port, adminKey, secrets, log } = options;
  if (!hasAzurite) throw new SetupError(`Azurite is not installed: ${AZURITE_WANTED}`);
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const { folder, remove } = await publish();
    undo.push(remove);
    const { connectionString, close: stop } = await openAzurite();
    undo.push(stop);
    await provision(apps, connectionString);
    const settings = [...secrets].map(([name, value]) => [secretVariable(name), value] as const);
    const env = { [STORAGE]: connectionString, [ADMIN_KEY]: adminKey, ...Object.fromEntries(settings) };
    // What the host itself serves needs a key, as in Azure, or runs could be read and ended around skein's own; nobody has one.
    const keys = { function: randomUUID(), admin: randomUUID() };
    const host = await openHost({ folder, port, connectionString, env, keys, pollEvery: 100, log });
    undo.push(host.close);
    return { url: host.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
