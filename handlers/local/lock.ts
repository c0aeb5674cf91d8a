import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a data folder for this process.
 *
 * The lock is SQLite's on an open file, so that the system drops it however the process ends: there is no stale lock to clean.
 *
 * @throws Error saying which process has it, where one has.
 * @returns gives the folder back.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = join(folder, 'owner');
  const db = new DatabaseSync(join(folder, 'lock.db'));
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new FolderInUse(folder, readOwner(owner));
  }
  writeFileSync(owner, `${process.pid}\n`);
  return () => db.close();
}

/** Thrown where another process has the data folder. It is not thrown for a folder that cannot be written. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse' as const;
  constructor(folder: string, owner: string) {
    super(`${folder} belongs to process ${owner}: stop it, or choose another folder with SKEIN_DATA`);
  }
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
