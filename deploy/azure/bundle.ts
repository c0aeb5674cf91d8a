import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { copyNative, NATIVE } from '../native.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRY = 'skein-entry:functions';

/**
 * Writes `<folder>/dist/functions.js` and its source map: one CommonJS file with the apps, the room, the libraries of Azure and
 * everything else in it, so that a publish installs nothing and a cold start reads one file. Compiled add-ons lie beside it.
 *
 * @param module the absolute path of the module whose default export is the app list.
 */
export async function bundle(module: string, folder: string): Promise<void> {
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { functions: ENTRY },
    plugins: [entry(module)],
    outdir: join(folder, 'dist'),
    ...{ bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node22', metafile: true },
    sourcemap: true,
    sourcesContent: false,
    // What a stack trace and an error's name say stays readable.
    keepNames: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
    absWorkingDir: ROOT,
    tsconfig: join(ROOT, 'tsconfig.json'),
    conditions: ['import'],
    mainFields: ['module', 'main'],
    // The worker of Functions answers to the first name; no package has it.
    external: ['@azure/functions-core', ...NATIVE],
    // CommonJS has none, and some libraries ask for it.
    banner: { js: "const skeinUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'skeinUrl' },
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  await copyNative(
    NATIVE.filter((name) => imported.includes(name)),
    ROOT,
    folder,
  );
}

/** The program that registers the functions; it is no file. */
function entry(apps: string): Plugin {
  return {
    name: 'entry',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRY}$`) }, ({ path }) => ({ path, namespace: 'entry' }));
      build.onLoad({ filter: /.*/, namespace: 'entry' }, () => ({
        contents: `
          import found from ${JSON.stringify(apps)};
          import { azure } from './handlers/azure/index.ts';
          azure(found);`,
        resolveDir: ROOT,
        loader: 'ts',
      }));
    },
  };
}
