import type { Json } from '../../core/json.ts';
import { loggableFields, logLine } from '../../core/log-line.ts';
import type { Redactor } from '../../core/redact.ts';
import { SetupError } from '../../core/setup-error.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { traceFields } from '../../core/telemetry/traceparent.ts';

/** One event, one line. */
export type Log = (message: string, fields?: Readonly<Record<string, Json>>) => void;

/** JSON lines on standard error. */
export const logToStderr: Log = (message, fields) => {
  process.stderr.write(`${logLine(new Date(), message, fields)}\n`);
};

export const silent: Log = () => undefined;

/** The same log without what `redactor` takes out; before that, whatever code gave as fields is made JSON. */
export function redacting(log: Log, redactor: Redactor): Log {
  return (message, fields) =>
    log(
      redactor.text(String(message)),
      fields && (redactor.json(loggableFields(fields)) as Readonly<Record<string, Json>>),
    );
}

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
