import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../../../core/setup-error.ts';

/** That of tools/aws-ric. */
const VERSION = '4.0.2';
export const RIC_WANTED = 'npm run tools:aws-ric';

/** Where `npm run tools:aws-ric` puts AWS's runtime interface client: `$XDG_CACHE_HOME`, else `~/.cache`. */
export const RIC_FOLDER: string = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'skein',
  `aws-lambda-ric-${VERSION}-${process.platform}-${process.arch}`,
);
const PACKAGE = join(RIC_FOLDER, 'node_modules/aws-lambda-ric');

export function hasRic(): boolean {
  // Without the native part the package is there and does not start.
  return existsSync(join(PACKAGE, 'rapid-client.node'));
}

/**
 * The program that runs a function: AWS's own, which Lambda's images have too.
 *
 * @throws SetupError where it was not built on this machine.
 */
export function ricProgram(): string {
  if (!hasRic())
    throw new SetupError(
      `AWS's runtime interface client is not built on this machine: ${RIC_WANTED} does that once, in a minute or two`,
    );
  return join(PACKAGE, 'index.mjs');
}
