import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/error.ts';
import type { Redactor } from '../../core/redact.ts';
import { checkedName, ownName } from '../../core/resources/name.ts';
import { checkedSecret, type SecretReader } from '../../core/resources/secret.ts';
import { flushFolder } from './flush-folder.ts';

const PREFIX = 'SKEIN_SECRET_';

export interface SecretsOptions {
  /** Holds one file a secret, under its name. It need not be there. */
  readonly folder: string;
  /** Where `SKEIN_SECRET_*` is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Learns each value that is read. */
  readonly redactor: Redactor;
}

export interface Secrets {
  /** @throws `TypeError` where it cannot be a name. */
  secret(name: string): SecretReader;
}

/** The secrets of this machine: from the environment, else from a file, which is read anew each time. */
export function openSecrets({ folder, env, redactor }: SecretsOptions): Secrets {
  return {
    secret: (name) => {
      const file = join(folder, checkedName('secret', name));
      return {
        get: async () => {
          const value = env[variableOf(name)] || readSecret(file);
          if (value === undefined) throw notSet(name);
          redactor.add(value);
          return value;
        },
      };
    },
  };
}

/** What a thread needs of an environment to read secrets as its room does. */
export function secretsOf(env: SecretsOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (name.startsWith(PREFIX) && value ? [[name, value]] : [])),
  );
}

/** Sets a secret for good, with mode 0600: whole or not at all. @throws `InvalidInput`; `TypeError` where it cannot be a name. */
export function setSecret(folder: string, name: string, value: string): void {
  const file = join(folder, ownName('secret', name));
  checkedSecret(value);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // No secret can have this name, so nobody reads half of it.
  const half = join(folder, `.${randomUUID()}`);
  try {
    writeFileSync(half, `${value}\n`, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
  flushFolder(folder);
}

/** @returns whether there was one. */
export function removeSecret(folder: string, name: string): boolean {
  try {
    rmSync(join(folder, ownName('secret', name)));
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  flushFolder(folder);
  return true;
}

/** What a file or a pipe says without the newline at its end. @throws `TypeError` where it is no UTF-8. */
export function secretText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
}

/** The variable that sets a secret. */
export function variableOf(name: string): string {
  return `${PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
}

function readSecret(file: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return secretText(bytes) || undefined;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function notSet(name: string): Failure {
  return new Failure({
    name: 'SecretNotSet',
    message: `the secret '${name}' is not set: set ${variableOf(name)}, or run: skein secret ${name} --from @file`,
  });
}
