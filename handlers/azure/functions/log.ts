import { type Log, redacting } from '../../../core/log.ts';
import { logLine } from '../../../core/log-line.ts';
import type { Redactor } from '../../../core/redact.ts';

/** JSON lines on standard error, which the host sends to Application Insights; without what is hidden. */
export function logToStderr(hidden: Redactor): Log {
  const write: Log = (message, fields) => void process.stderr.write(`${logLine(new Date(), message, fields)}\n`);
  return redacting(write, hidden);
}
