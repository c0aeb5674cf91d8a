import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../core/app.ts';
import { bundle } from './bundle.ts';
import { describe } from './describe.ts';

/**
 * Puts into a folder what is made of the apps, beside what people keep there by hand: `dist/`, `infra/apps.json`, and `node_modules/`
 * where an app needs a compiled add-on.
 *
 * @param module the absolute path of the module whose default export the apps are.
 * @throws SetupError where Azure cannot have what the apps declare; the message says what to change.
 */
export async function fill(folder: string, apps: readonly App[], module: string): Promise<void> {
  const described = describe(apps);
  await bundle(module, folder);
  await mkdir(join(folder, 'infra'), { recursive: true });
  await writeFile(join(folder, 'infra/apps.json'), `${JSON.stringify(described, null, 2)}\n`);
}
