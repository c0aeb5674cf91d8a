import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Loader, type Metafile, type Plugin } from 'esbuild';
import { loadApps } from '../../cli/load-apps.ts';
import type { App } from '../../core/app.ts';
import { NATIVE } from '../native.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Apps, and what their modules import. */
export interface ReadApps {
  readonly apps: readonly App[];
  /** The packages with compiled code that the module of an app imports; of an app without `module`, those of all such apps. */
  nativeOf(app: App): readonly string[];
}

/**
 * The apps of a module as esbuild reads it, as it will for the functions: so `.tsx` needs nothing of any room.
 *
 * @throws UsageError where there is no such module or it exports something else; whatever the module itself throws.
 */
export async function readApps(module: string): Promise<ReadApps> {
  const from = resolve(ROOT, module);
  // It has the words for that.
  if (!existsSync(from)) return { apps: await loadApps(module), nativeOf: () => [] };
  // In the checkout: there `skein` is itself, as for any module that is loaded from its file.
  const parent = join(ROOT, '.serverless');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'apps-'));
  const outfile = join(folder, 'apps.mjs');
  try {
    const { metafile } = await build({
      ...{ entryPoints: [from], outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' },
      ...{ target: 'node24', sourcemap: 'inline', keepNames: true, logLevel: 'error', absWorkingDir: ROOT },
      ...{ metafile: true, plugins: [ownUrls], define: { 'import.meta.url': MODULE_URL } },
      tsconfig: join(ROOT, 'tsconfig.json'),
    });
    const apps = await loadApps(outfile);
    const pathOf = (url: string): string => relative(ROOT, fileURLToPath(url));
    const others = apps.flatMap(({ module: url }) => (url === undefined ? [] : [pathOf(url)]));
    const nativeOf = ({ module: url }: App): readonly string[] => {
      const imported =
        url === undefined ? importsOf(metafile, relative(ROOT, from), others) : importsOf(metafile, pathOf(url), []);
      return NATIVE.filter((name) => imported.has(name));
    };
    return { apps, nativeOf };
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(outfile, module);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MODULE_URL = 'skeinModuleUrl';

/** In one file all modules would have one URL; by its own an app says which module it is from. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => ({
      contents: `const ${MODULE_URL} = ${JSON.stringify(pathToFileURL(path).href)}; ${await readFile(path, 'utf8')}`,
      loader: LOADERS[extname(path)] ?? 'js',
    }));
  },
};

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};

/** Whatever a module imports, by itself or by what it imports, but by way of `apart`: packages by their names. */
function importsOf({ inputs }: Metafile, module: string, apart: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>(apart);
  const rest = [module];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    rest.push(...(inputs[path]?.imports ?? []).map((one) => one.path));
  }
  return found;
}
