import { redactor } from '../../../core/redact.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';

/** JSON lines on standard error, which Lambda keeps; without `secrets`, and with control characters escaped. */
export function logToStderr(secrets: readonly string[]): Surroundings['log'] {
  const known = redactor(secrets);
  return (message, fields) => {
    const line = known.json({ time: new Date().toISOString(), message, ...fields });
    process.stderr.write(`${JSON.stringify(line).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}\n`);
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
