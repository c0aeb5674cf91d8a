import { invalidInput } from '../error.ts';
import { type Access, grant, type ResourceOf } from './access.ts';
import { ownName } from './name.ts';

/** The port that a room implements for one secret. */
export interface SecretReader {
  /** The value now; a room may keep it for up to 5 minutes. @throws `SecretNotSet` saying how to set it: a defect of whoever runs the room, not of a caller. */
  get(): Promise<string>;
}

export interface Secret {
  readonly kind: 'secret';
  readonly name: string;
  readonly read: Access<SecretReader>;
}

/** Declares a secret: its value is set in each room by whoever runs it, and is never part of a program, a run or a log line. */
export function secret(name: string): Secret {
  const resource: ResourceOf<'secret'> = Object.freeze({ kind: 'secret', name: ownName('secret', name) });
  return Object.freeze({ ...resource, read: grant<SecretReader>(resource, 'read', ['get']) });
}

/** What the strictest store takes: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const MAX_SECRET_BYTES = 25_000;

/** Checks the value of a secret: 1 to 25,000 bytes of well-formed UTF-8. @throws `InvalidInput`, which does not tell it. */
export function checkedSecret(value: string): string {
  if (value === '') throw invalidInput('value: a secret must not be empty', 'value');
  if (!value.isWellFormed() || value.includes('\0'))
    throw invalidInput('value: a secret must be well-formed Unicode without the character 0', 'value');
  if (new TextEncoder().encode(value).byteLength > MAX_SECRET_BYTES)
    throw invalidInput(`value: a secret must have at most ${MAX_SECRET_BYTES} bytes of UTF-8`, 'value');
  return value;
}
