import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SetupError } from '../../../core/setup-error.ts';
import type { AuthLevel } from './http-functions.ts';

/** The keys that requests need; Azure has more of each kind. */
export interface Keys {
  /** Opens functions of the level `function`. */
  readonly function: string;
  /** Opens these too, those of the level `admin`, and the host's own API: Azure's `_master`. */
  readonly admin: string;
}

/** Bytes that are hard to guess, at the least. */
const SHORTEST = 8;

/** @throws SetupError naming the key. */
export function checkedKeys(keys: Keys | undefined): Keys | undefined {
  for (const name of ['function', 'admin'] as const)
    if (keys !== undefined && !(typeof keys[name] === 'string' && keys[name].length >= SHORTEST))
      throw new SetupError(`keys.${name}: must be a string of at least ${SHORTEST} characters`);
  return keys;
}

/** Whether a request may call what has this level: by the header `x-functions-key` or by `?code=`. Without keys all may, as with func. */
export function isAllowed(keys: Keys | undefined, level: AuthLevel, request: IncomingMessage, url: URL): boolean {
  if (keys === undefined || level === 'anonymous') return true;
  const header = request.headers['x-functions-key'];
  const given = (typeof header === 'string' ? header : undefined) ?? url.searchParams.get('code') ?? '';
  return isSame(given, keys.admin) || (level === 'function' && isSame(given, keys.function));
}

function isSame(given: string, key: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}
