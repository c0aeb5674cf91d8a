import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { NATIVE, nativeFiles } from '../native.ts';
import { entryOf } from './entry.ts';
import { type FunctionPlan, planFunctions } from './plan.ts';
import type { ReadApps } from './read-apps.ts';
import { zip } from './zip.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Writes `<folder>/<key>.zip` for each function: one ES module with everything in it, the AWS SDK too, so that what was tested is
 * what runs, whatever version the runtime has. Packages with compiled code lie beside it, where the function's app imports one.
 *
 * @returns the keys.
 */
export async function bundle({ apps, nativeOf }: ReadApps, module: string, folder: string): Promise<readonly string[]> {
  const plans = planFunctions(apps, nativeOf);
  // All at once: each of the files that they share is then read once.
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(plans.map(({ key }) => [key, `${ENTRY}${key}`])),
    plugins: [entries(plans, resolve(ROOT, module))],
    outdir: folder,
    ...{ bundle: true, minify: true, write: false, platform: 'node', format: 'esm', target: 'node24' },
    // What a stack trace and an error's name say stays readable.
    keepNames: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    absWorkingDir: ROOT,
    tsconfig: join(ROOT, 'tsconfig.json'),
    conditions: ['import'],
    mainFields: ['module', 'main'],
    external: [...NATIVE],
    // Parts of the AWS SDK are CommonJS and call require for what Node has built in.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) {
    const key = basename(path, '.js');
    const native = plans.find((plan) => plan.key === key)?.native ?? [];
    const files = [{ name: 'index.mjs', bytes: contents }, ...(await nativeFiles(native, ROOT))];
    await writeFile(join(folder, `${key}.zip`), zip(files));
  }
  return plans.map(({ key }) => key);
}

const ENTRY = 'skein-entry:';

/** The functions' modules, which are no files. */
function entries(plans: readonly FunctionPlan[], apps: string): Plugin {
  return {
    name: 'entries',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRY}`) }, ({ path }) => ({
        path: path.slice(ENTRY.length),
        namespace: 'entry',
      }));
      build.onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => {
        const plan = plans.find(({ key }) => key === path);
        return plan && { contents: entryOf(plan, apps), resolveDir: ROOT, loader: 'ts' };
      });
    },
  };
}
