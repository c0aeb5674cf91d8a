import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { App } from '../../core/app.ts';
import { SetupError } from '../../core/setup-error.ts';
import { fill } from './fill.ts';

const KEPT = resolve(import.meta.dirname, '../../azure-functions');
/** What is generated there, by whichever build ran last. */
const GENERATED = ['dist', 'node_modules', 'apps.json', 'local.settings.json'];

/** A folder as `npm run build:azure` leaves it, somewhere else. @param module the absolute path of the apps' module */
export async function published(
  apps: readonly App[],
  module: string,
): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  if (!existsSync(KEPT))
    throw new SetupError('azure-functions/ is not there: the apps are built for Azure in a checkout of skein');
  const folder = await mkdtemp(join(tmpdir(), 'skein-azure-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await cp(KEPT, folder, { recursive: true, filter: (source) => !GENERATED.includes(basename(source)) });
    await fill(folder, apps, module);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}
