import type { Log } from '../../core/log.ts';
import { logLine } from '../../core/log-line.ts';
import { SetupError } from '../../core/setup-error.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { traceFields } from '../../core/telemetry/traceparent.ts';

/** JSON lines on standard error. */
export const logToStderr: Log = (message, fields) => {
  process.stderr.write(`${logLine(new Date(), message, fields)}\n`);
};

export const silent: Log = () => undefined;

/** The same log with the ids of the span that the event is a part of, where it has none yet. */
export function tracing(log: Log, telemetry: Telemetry | undefined): Log {
  if (telemetry === undefined) return log;
  return (message, fields) =>
    log(message, fields?.trace === undefined ? { ...fields, ...traceFields(telemetry.current()) } : fields);
}

/**
 * Whether events that are no news, such as the start and the end of each run, are logged too.
 *
 * @throws SetupError where `SKEIN_LOG` is no level.
 */
export function detailed({ SKEIN_LOG: level }: Readonly<Record<string, string | undefined>>): boolean {
  if (level === 'debug') return true;
  if (level === undefined || level === '' || level === 'info') return false;
  throw new SetupError(`SKEIN_LOG: must be info or debug, not ${JSON.stringify(level)}`);
}
