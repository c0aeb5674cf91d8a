import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A file that is new, renamed or gone is so after a power cut only where its folder was flushed too. */
export function flushFolder(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
