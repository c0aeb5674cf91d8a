import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '../../..');
const TOOL = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

export interface Cruise {
  /** `rule: from → to` */
  readonly violations: readonly string[];
  readonly modules: number;
}

/** Checks the boundaries of a tree with the project's own configuration. */
export async function cruise(root: string): Promise<Cruise> {
  const folders = ['core', 'handlers', 'apps', 'cli', 'deploy'].filter((folder) => existsSync(join(root, folder)));
  const args = [TOOL, '--config', '.dependency-cruiser.cjs', '--no-progress', '-T', 'json', ...folders];
  // It exits with the number of violations; what it prints then is what is wanted.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 28 }).catch(
    (error: { stdout?: string }) => {
      if (!error.stdout) throw error;
      return { stdout: error.stdout };
    },
  );
  const { summary } = JSON.parse(stdout) as Report;
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    modules: summary.totalCruised,
  };
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

/** A tree of its own with the project's settings and packages, and these files. */
export async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'skein-architecture-'));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
    await writeFile(join(root, name), await readFile(join(ROOT, name)));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}
