import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** The calls by which a server reads and writes what it keeps. */
const CALLS = ['open', 'readFile', 'writeFile', 'rename', 'stat', 'readdir'] as const;
type Call = (...args: unknown[]) => Promise<unknown>;

let broken = false;
let installed = false;

/** Makes every file below `LAB_DATA` fail as a disk that is gone would, or mends it. */
export function breakFiles(wanted: boolean): void {
  broken = wanted;
  if (!wanted || installed) return;
  installed = true;
  const promises = fs.promises as unknown as Record<string, Call>;
  for (const name of CALLS) {
    const call = promises[name] as Call;
    promises[name] = (path, ...rest) =>
      fails(path) ? Promise.reject(gone(name)) : call.call(fs.promises, path, ...rest);
  }
  const sync = fs.openSync;
  fs.openSync = ((path: PathLike, ...rest: [fs.OpenMode]) => {
    if (fails(path)) throw gone('open');
    return sync(path, ...rest);
  }) as typeof fs.openSync;
  syncBuiltinESMExports();
}

function fails(path: unknown): boolean {
  const folder = process.env.LAB_DATA;
  return broken && folder !== undefined && String(path).startsWith(folder);
}

function gone(syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EIO: i/o error, ${syscall}`), { code: 'EIO', syscall });
}
