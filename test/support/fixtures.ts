import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.env.SKEIN_FIXTURES ?? join(import.meta.dirname, '../../../shared/fixtures'));

/**
 * Third-party cases, which are read where they lie and never copied into the project.
 *
 * @param path relative to `SKEIN_FIXTURES`.
 * @returns an absolute path; `undefined` where there is no such file: skip the test then, with a title that says so.
 */
export function fixture(path: string): string | undefined {
  const file = join(folder, path);
  return existsSync(file) ? file : undefined;
}
