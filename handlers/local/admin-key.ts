import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../../core/setup-error.ts';

/** The admin key of a data folder: `SKEIN_ADMIN_KEY`, else what the folder keeps, else a new one (256 bits) that it keeps. */
export function adminKeyOf(folder: string, env: Readonly<Record<string, string | undefined>>): string {
  const given = env.SKEIN_ADMIN_KEY;
  if (given !== undefined && given !== '') {
    // Anything else never gets through an Authorization header, and nobody could log in.
    if (!/^[\x21-\x7e]+$/.test(given)) throw new SetupError('SKEIN_ADMIN_KEY: must be printable ASCII without blanks');
    return given;
  }
  const file = join(folder, 'admin.key');
  const kept = keptKey(file);
  if (kept !== undefined) return kept;
  const key = randomBytes(32).toString('base64url');
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}

/** The key that a folder keeps, if it does. */
export function keptKey(file: string): string | undefined {
  try {
    const key = readFileSync(file, 'utf8').trim();
    chmodSync(file, 0o600);
    return key === '' ? undefined : key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
