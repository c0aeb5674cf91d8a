import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

interface PackageJson {
  readonly main?: unknown;
  readonly type?: unknown;
}

/**
 * Runs the files that `main` of the app's package.json names, in the order of their names. It is a path or a pattern, and each
 * file is CommonJS or an ES module by its ending and `type`, as Node has it.
 *
 * @throws Error naming `main`, or the file that would not load, with what that threw as `cause`.
 */
export async function loadApp(folder: string): Promise<void> {
  const { main, type } = readPackage(folder);
  if (typeof main !== 'string' || main === '')
    throw new Error(
      `${join(folder, 'package.json')}: "main" must name the file, or the files, that register functions`,
    );
  const files = globSync(main.replaceAll('\\', '/'), { cwd: folder }).sort();
  if (files.length === 0)
    throw new Error(`no file matches "main" of package.json: ${JSON.stringify(main)} in ${folder}`);
  const require = createRequire(join(folder, 'package.json'));
  for (const file of files) {
    const path = join(folder, file);
    const esm = path.endsWith('.mjs') || (type === 'module' && !path.endsWith('.cjs'));
    try {
      if (esm) await import(pathToFileURL(path).href);
      else require(path);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${file.replaceAll(sep, '/')} would not load: ${text}`, { cause: error });
    }
  }
}

function readPackage(folder: string): PackageJson {
  const path = join(folder, 'package.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PackageJson;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
