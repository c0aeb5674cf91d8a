import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface OwnPackage {
  readonly root: string;
  readonly version: string;
  /** What a `package.json` must say to get the skein that runs this: a range of versions, or `file:` and a path. */
  readonly spec: string;
}

/** The package that this file is in, in a checkout or installed. */
export function ownPackage(): OwnPackage {
  const root = rootAbove(import.meta.dirname);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, version, spec: specOf(root, version) };
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

/** What came from a registry is named by its version, what came from a file or is a checkout by its path: no registry has that. */
function specOf(root: string, version: string): string {
  const modules = dirname(root);
  const lock = join(modules, '.package-lock.json');
  if (!existsSync(lock)) return `file:${root}`;
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: Record<string, { resolved?: string }> };
  const from = packages['node_modules/skein']?.resolved;
  return from?.startsWith('file:') ? `file:${resolve(modules, '..', from.slice('file:'.length))}` : `^${version}`;
}
