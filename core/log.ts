import type { Json } from './json.ts';
import { loggableFields } from './log-line.ts';
import type { Redactor } from './redact.ts';

/** One event, one line. */
export type Log = (message: string, fields?: Readonly<Record<string, Json>>) => void;

/** The same log without what `redactor` takes out; before that, whatever code gave as fields is made JSON. */
export function redacting(log: Log, redactor: Redactor): Log {
  return (message, fields) =>
    log(
      redactor.text(String(message)),
      fields && (redactor.json(loggableFields(fields)) as Readonly<Record<string, Json>>),
    );
}
