import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { loadApps } from '../../cli/load-apps.ts';
import type { App } from '../../core/app.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * The apps of a module as esbuild reads it, as it will for the functions: so `.tsx` needs nothing of any room.
 *
 * @throws UsageError where there is no such module or it exports something else; whatever the module itself throws.
 */
export async function readApps(module: string): Promise<readonly App[]> {
  const from = resolve(ROOT, module);
  // It has the words for that.
  if (!existsSync(from)) return loadApps(module);
  // In the checkout: there `skein` is itself, as for any module that is loaded from its file.
  const parent = join(ROOT, '.serverless');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'apps-'));
  const outfile = join(folder, 'apps.mjs');
  try {
    await build({
      ...{ entryPoints: [from], outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' },
      ...{ target: 'node24', sourcemap: 'inline', keepNames: true, logLevel: 'error', absWorkingDir: ROOT },
      tsconfig: join(ROOT, 'tsconfig.json'),
    });
    return await loadApps(outfile);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(outfile, module);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
