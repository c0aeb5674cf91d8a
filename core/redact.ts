import type { Json } from './json.ts';

/** What stands where a secret stood. */
const REDACTED = '[redacted]';

/** Shorter values would take harmless words apart. */
const LEAST = 6;

/** Words that name a credential, wherever they stand in a field's name, and at its end where nothing parts them: `accesstoken`. */
const WORDS = ['authorization', 'cookie', 'credential', 'credentials', 'passphrase', 'passwd', 'password'];
const ENDS = [...WORDS, 'secret', 'secrets', 'token', 'apikey', 'accesskey', 'adminkey', 'privatekey', 'signingkey'];
const CREDENTIALS = new Set([...ENDS, 'pwd']);

/** A signed URL is a right to whatever it names. */
const SIGNATURE = /([?&](?:x-amz-)?sig(?:nature)?=)[^&\s"'<>]+/gi;

/** Knows the secrets of a room and takes them out of what leaves it. */
export interface Redactor {
  /** From now on `value` is taken out, as it is and as JSON or a URL would write it. Values under 6 characters are not. */
  add(value: string): void;
  text(text: string): string;
  /** Every string of a value, the names of fields too; a field whose name is that of a credential loses its value whole. */
  json(value: Json): Json;
}

export function redactor(values: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  let longestFirst: readonly string[] = [];
  const add = (value: string): void => {
    if (value.length < LEAST || known.has(value)) return;
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed())])
      known.add(form);
    // A secret that is a part of another must not leave the rest of it standing.
    longestFirst = [...known].sort((a, b) => b.length - a.length);
  };
  const text = (given: string): string => {
    let clean = given;
    for (const value of longestFirst) clean = clean.replaceAll(value, REDACTED);
    return clean.replace(SIGNATURE, `$1${REDACTED}`);
  };
  const json = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(json);
    const fields = Object.entries(value).map(([name, one]): [string, Json] => [
      text(name),
      one !== null && namesCredential(name) ? REDACTED : json(one),
    ]);
    return Object.fromEntries(fields);
  };
  for (const value of values) add(value);
  return { add, text, json };
}

function namesCredential(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const joined = words.join('');
  return words.some((word) => CREDENTIALS.has(word)) || ENDS.some((end) => joined.endsWith(end));
}
