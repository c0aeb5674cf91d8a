import type { Json } from '../../core/json.ts';

/** One event, one line. */
export type Log = (message: string, fields?: Readonly<Record<string, Json>>) => void;

/** JSON lines on standard error; control characters are escaped, so that no value can forge a line. */
export const logToStderr: Log = (message, fields = {}) => {
  const line = JSON.stringify({ time: new Date().toISOString(), message, ...fields });
  // JSON leaves these as they are; terminals and log viewers break lines at them or obey them.
  process.stderr.write(`${line.replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}\n`);
};

export const silent: Log = () => undefined;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
