import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the server of a data folder is: `<data>/server.json`. */
export interface ServerFile {
  readonly url: string;
  readonly pid: number;
}

export function writeServerFile(data: string, server: ServerFile): void {
  const file = join(data, 'server.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(server)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeServerFile(data: string): void {
  rmSync(join(data, 'server.json'), { force: true });
}

/** The server that has the folder, as far as its files tell: a `kill -9` leaves them behind. */
export function readServerFile(data: string): ServerFile | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as Partial<ServerFile>;
    if (typeof url !== 'string' || typeof pid !== 'number') return undefined;
    const owner = readFileSync(join(data, 'owner'), 'utf8').trim();
    return owner === String(pid) && alive(pid) ? { url, pid } : undefined;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
