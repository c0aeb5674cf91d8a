import { Failure } from 'skein';
import { isNamed } from '../is-named.ts';
import { randomId, toBase64Url } from '../owner-token.ts';
import type { Stores } from './tables.ts';

const encoder = new TextEncoder();
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const TOKEN = /^([\w-]{22})\.([\w-]{43})$/;

/** One of `shards` parts, the same for a voter each time: ids are random, so that the parts are alike. */
export function shardOf(voter: string, shards: number): number {
  return (ALPHABET.indexOf(voter[0]!) * 64 + ALPHABET.indexOf(voter[1]!)) % shards;
}

export interface VoterTokens {
  /** A token that nobody else can make: it is good for this poll alone. */
  issue(poll: string): Promise<string>;
  /** The voter whose token it is. @throws `Unauthorized` */
  voterOf(poll: string, token: string): Promise<string>;
}

export function voterTokens(stores: Pick<Stores, 'keys' | 'secret'>): VoterTokens {
  let imported: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> => {
    imported ??= importKey(stores).catch((error) => {
      imported = undefined;
      throw error;
    });
    return imported;
  };
  const said = (poll: string, voter: string) => encoder.encode(`voter\n${poll}\n${voter}`);
  return {
    async issue(poll) {
      const voter = randomId();
      const signature = await crypto.subtle.sign('HMAC', await key(), said(poll, voter));
      return `${voter}.${toBase64Url(new Uint8Array(signature))}`;
    },
    async voterOf(poll, token) {
      const [, voter, signature] = TOKEN.exec(token) ?? [];
      if (voter !== undefined && signature !== undefined)
        if (await crypto.subtle.verify('HMAC', await key(), fromBase64Url(signature), said(poll, voter))) return voter;
      throw new Failure({
        name: 'Unauthorized',
        message: 'voter: this token was not issued for this poll',
        data: { field: 'voter' },
      });
    },
  };
}

async function importKey(stores: Pick<Stores, 'keys' | 'secret'>): Promise<CryptoKey> {
  const bytes = encoder.encode(await keyText(stores));
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** The secret `poll-key`; where it is not set, a key that the first process makes and all others find. */
async function keyText({ keys, secret }: Pick<Stores, 'keys' | 'secret'>): Promise<string> {
  try {
    return await secret.get();
  } catch (error) {
    if (!isNamed(error, 'SecretNotSet')) throw error;
  }
  const place = { partition: 'poll', id: 'voters' };
  const known = await keys.get(place);
  if (known !== undefined) return known.value.key;
  const key = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  try {
    await keys.create(place, { key });
    return key;
  } catch (error) {
    const first = isNamed(error, 'PreconditionFailed') ? await keys.get(place) : undefined;
    if (first === undefined) throw error;
    return first.value.key;
  }
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}
