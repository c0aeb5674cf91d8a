import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Env } from './output.ts';
import { UsageError } from './usage-error.ts';
import type { Options } from './verb.ts';

/** The options of every verb that needs a room. */
export const roomOptions = {
  module: { type: 'string', value: 'FILE', help: "the app's module (skein.module of ./package.json, else ./app.ts)" },
  data: { type: 'string', value: 'FOLDER', help: 'the data folder ($SKEIN_DATA, else .skein)' },
} as const satisfies Options;

export const jsonOption = { type: 'boolean', help: 'print JSON, and nothing else, on standard output' } as const;

/**
 * The data folder, made where it is not there.
 *
 * @throws UsageError where it cannot be one.
 */
export function dataFolder(given: string | undefined, env: Env): string {
  const folder = given || env.SKEIN_DATA || '.skein';
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`the data folder cannot be used: ${(error as Error).message}`);
  }
  return folder;
}

/** @throws UsageError */
export function portOf(given: string | undefined, env: Env): number {
  const text = given ?? (env.PORT || '3000');
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(
      `${given === undefined ? 'PORT' : '--port'}: a port is a number from 0 to 65535 (0 takes a free one), not '${text}'`,
    );
  return Number(text);
}
