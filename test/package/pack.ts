import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, type Exit, follow, ROOT, temporary } from '../support/server.ts';

/** What building needs of a checkout. */
const NEEDED = ['core', 'handlers', 'cli', 'build', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE'];

export interface Packed {
  /** The tree that was packed: a copy, so that nobody who works in the checkout meets the manifest that is packed. */
  readonly from: string;
  readonly tarball: string;
  readonly files: readonly string[];
}

/** Runs `npm pack`. */
export async function pack(): Promise<Packed> {
  const from = temporary();
  const to = temporary();
  for (const name of NEEDED) cpSync(join(ROOT, name), join(from, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(from, 'node_modules'));
  const { code, stdout, stderr } = await npm(from, ['pack', '--json', '--pack-destination', to]);
  if (code !== 0) throw new Error(`npm pack: ${stdout}${stderr}`);
  const [{ filename, files }] = onlyReport(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))));
  return { from, tarball: join(to, filename), files: files.map(({ path }) => path) };
}

interface Report {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A list of reports, or, from npm 11.6 on, an object with the names of the packages as its keys. */
function onlyReport(reports: readonly Report[] | Readonly<Record<string, Report>>): [Report] {
  const [report] = Object.values(reports);
  if (report === undefined) throw new Error('npm pack packed nothing');
  return [report];
}

/** A folder into which these packages were installed, as a user would. */
export async function installed(...packages: readonly string[]): Promise<string> {
  const folder = temporary();
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await install(folder, ...packages);
  return folder;
}

/** Runs `npm install`. */
export async function install(folder: string, ...packages: readonly string[]): Promise<void> {
  const { code, stderr } = await npm(folder, ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]);
  if (code !== 0) throw new Error(`npm install in ${folder}: ${stderr}`);
}

export function npm(cwd: string, args: readonly string[]): Promise<Exit> {
  return follow(spawn('npm', [...args], { cwd, env: userEnv() }));
}

export function node(cwd: string, args: readonly string[]): Promise<Exit> {
  return follow(spawn(process.execPath, [...args], { cwd, env: userEnv() }));
}

/** What npm needs of the machine to reach the registry, and nothing of the test run. */
export function userEnv(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_(registry|cache|userconfig)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  return childEnv({ ...(Object.fromEntries(kept) as Record<string, string>), ...env });
}

/** Writes files into a folder below `folder`, and returns where. */
export function put(folder: string, name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

export function readJsonFile<T>(...path: readonly string[]): T {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as T;
}
