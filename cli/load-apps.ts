import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { App, Workflow } from '../core/index.ts';
import { workflowsOf } from '../core/workflows-of.ts';
import { nearest } from './nearest.ts';
import { note } from './output.ts';
import { UsageError } from './usage-error.ts';

/**
 * Imports the apps of a module: its default export is an app or a list of apps.
 *
 * @param given the value of `--module`, if there was one.
 * @throws UsageError where there is no such module, it cannot be loaded, or it exports something else; SetupError where the apps
 * do not go together; whatever the module itself throws.
 */
export async function loadApps(given: string | undefined): Promise<readonly App[]> {
  const file = moduleFile(given);
  const path = resolve(file);
  if (!existsSync(path))
    throw new UsageError(
      `no module ${file}; name the file that exports your app with --module, or as skein.module in package.json`,
    );
  const { default: found } = await importOf(file, path);
  const apps = Array.isArray(found) ? found : [found];
  if (apps.length === 0 || !apps.every(isApp))
    throw new UsageError(
      `${file} must have an app, or a list of apps, as its default export: export default app('name', { … })`,
    );
  workflowsOf(apps);
  return apps;
}

/** The file of the module, relative to the current folder. @param given the value of `--module`, if there was one. */
export function moduleFile(given: string | undefined): string {
  return given ?? configured() ?? './app.ts';
}

/** @throws UsageError with the nearest name. */
export function workflowNamed(apps: readonly App[], name: string): Workflow {
  const workflows = apps.flatMap((app) => app.workflows);
  const found = workflows.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = workflows.map((one) => one.name);
  const hint = nearest(name, names);
  throw new UsageError(
    `no workflow '${name}'${hint === undefined ? '' : `; did you mean '${hint}'?`} (there are: ${names.join(', ') || 'none'})`,
  );
}

const OWN = new URL('.', import.meta.url).href;

async function importOf(file: string, path: string): Promise<{ default?: unknown }> {
  if (!statSync(path).isFile())
    throw new UsageError(`${file} is not a file; name the file that exports your app with --module`);
  try {
    return await unlessStuck(file, import(pathToFileURL(path).href) as Promise<{ default?: unknown }>);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (!(error instanceof Error)) throw new UsageError(`${file} threw what is no Error: ${String(error)}`);
    const [head = '', ...calls] = (error.stack ?? error.message).split(/\n(?= +at )/);
    // Where a module has thrown it is on the stack. Where one could not be read, found or linked, only Node and this command are.
    if (calls.some((call) => /file:|[( ]\//.test(call) && !call.includes(OWN))) throw error;
    throw new UsageError(`${file} cannot be loaded: ${head}`);
  }
}

/** Milliseconds after which somebody who waits for a module wants to know for what. */
const LONG = 10_000;

/** What a module exports; a top-level `await` that never ends is said: Node ends such a process without a word of the module. */
async function unlessStuck<T>(file: string, importing: Promise<T>): Promise<T> {
  const stuck = Promise.withResolvers<never>();
  const idle = (): void =>
    stuck.reject(
      new UsageError(`${file} cannot be loaded: a top-level await in it, or in what it imports, never ends`),
    );
  const late = setTimeout(() => note(`still loading ${file}: a top-level await in it has not ended yet`), LONG);
  // It must not keep alive what has nothing left to wait for.
  late.unref();
  process.once('beforeExit', idle);
  try {
    return await Promise.race([importing, stuck.promise]);
  } finally {
    process.off('beforeExit', idle);
    clearTimeout(late);
  }
}

function configured(): string | undefined {
  let text: string;
  try {
    text = readFileSync('package.json', 'utf8');
  } catch {
    return undefined;
  }
  try {
    const module = (JSON.parse(text) as { skein?: { module?: unknown } }).skein?.module;
    return typeof module === 'string' ? module : undefined;
  } catch (error) {
    throw new UsageError(`package.json is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isApp(value: unknown): value is App {
  if (value === null || typeof value !== 'object') return false;
  const { name, workflows, http } = value as Partial<App>;
  return typeof name === 'string' && Array.isArray(workflows) && Array.isArray(http);
}
