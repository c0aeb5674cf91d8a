import { inspect } from 'node:util';
import type { Log } from '../core/log.ts';

/**
 * Logs from now on what code of an app left behind and nobody waits for: a promise that was rejected, an exception in a timer. It is a
 * defect of that app, and no reason to end the others, or runs that are under way.
 */
export function logStrays(log: Log): void {
  process.on('unhandledRejection', (reason) =>
    log('a promise was rejected, and nobody waited for it', { error: spelled(reason) }),
  );
  process.on('uncaughtException', (error) =>
    log('an exception was thrown outside of every request and step', { error: spelled(error) }),
  );
  // Where nobody reads the log any more, saying so in it would come back here without end.
  process.stderr.on('error', () => undefined);
}

/** Runs no code of what was thrown: nothing may be thrown again. */
function spelled(thrown: unknown): string {
  return inspect(thrown, { customInspect: false });
}
