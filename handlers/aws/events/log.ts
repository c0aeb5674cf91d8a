import { type Log, redacting } from '../../../core/log.ts';
import { logLine } from '../../../core/log-line.ts';
import { redactor } from '../../../core/redact.ts';

/** JSON lines on standard error, which Lambda keeps; without `secrets`. */
export function logToStderr(secrets: readonly string[]): Log {
  const write: Log = (message, fields) => void process.stderr.write(`${logLine(new Date(), message, fields)}\n`);
  return redacting(write, redactor(secrets));
}
