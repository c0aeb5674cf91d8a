import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { Failure } from '../error.ts';
import type { SignedUrl } from '../resources/bucket.ts';
import type { ObjectRight } from '../resources/signed-urls.ts';
import { isForeign } from './is-foreign.ts';
import { objectPath } from './object-path.ts';

/** Seconds that a run's status URL is good for. */
const STATUS_LIFE = 7 * 86_400;
/** Seconds that a browser stays logged in. */
const SESSION_LIFE = 12 * 3_600;
const COOKIE = 'skein_session';
/** What changes nothing, and is not to be read by other pages: browsers see to that. */
const READING = ['GET', 'HEAD'];

const encoder = new TextEncoder();

export type Keyring = Awaited<ReturnType<typeof makeKeyring>>;

/** Who may do what, all of it derived from one admin key. */
export async function makeKeyring(adminKey: string, now: () => number = Date.now) {
  const secret = await crypto.subtle.importKey(
    'raw',
    encoder.encode(adminKey),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  );
  const sign = async (text: string): Promise<string> =>
    toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', secret, encoder.encode(text))));
  // verify() compares in constant time.
  const verified = async (text: string, signature: string): Promise<boolean> => {
    const bytes = fromBase64Url(signature);
    return bytes !== undefined && crypto.subtle.verify('HMAC', secret, bytes, encoder.encode(text));
  };
  /** A right to one thing until a time in seconds since 1970. */
  const valid = async (what: string, expires: string | undefined, signature: string | undefined): Promise<boolean> => {
    if (expires === undefined || signature === undefined || !/^\d{1,12}$/.test(expires)) return false;
    return Number(expires) * 1000 > now() && (await verified(`${what}\n${expires}`, signature));
  };
  /** Rounded up: a right for one second would else be over at once. */
  const expiry = (life: number): string => String(Math.ceil(now() / 1000) + life);
  // No key can be imported from no bytes.
  const isAdminKey = async (key: string): Promise<boolean> => key !== '' && verified('admin', await keyProof(key));

  const hasKey = async (context: Context): Promise<boolean> => {
    const bearer = /^Bearer +(\S+) *$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined) return isAdminKey(bearer);
    // `Strict` stops what pages of other sites send; a page of another port of this host is of no other site.
    if (!READING.includes(context.req.method) && isForeign(context)) return false;
    const [expires, signature] = (getCookie(context, COOKIE) ?? '').split('.');
    return valid('session', expires, signature);
  };

  return {
    hasKey,
    /** @throws `Unauthorized` */
    async requireKey(context: Context): Promise<void> {
      if (!(await hasKey(context))) throw unauthorized();
    },
    /** The key, or the signature that `statusPath` put into the URL. @throws `Unauthorized` */
    async requireStatusRight(context: Context, run: string): Promise<void> {
      const { expires, signature } = context.req.query();
      if (await valid(`status\n${run}`, expires, signature)) return;
      if (!(await hasKey(context))) throw unauthorized();
    },
    /** Path and query of a run's status: read-only, of this run alone, and expiring. */
    async statusPath(run: string): Promise<string> {
      const expires = expiry(STATUS_LIFE);
      const signature = await sign(`status\n${run}\n${expires}`);
      return `/runs/${encodeURIComponent(run)}?expires=${expires}&signature=${signature}`;
    },
    /**
     * The key, or the signature that `objectUrl` put into the URL.
     *
     * @returns how many bytes an upload must have, where its URL says so.
     * @throws `Unauthorized`
     */
    async requireObjectRight(context: Context, right: ObjectRight): Promise<number | undefined> {
      const { expires, signature, bytes } = context.req.query();
      const sized = right.method === 'PUT' && bytes !== undefined && /^(0|[1-9]\d{0,15})$/.test(bytes);
      const signed = sized ? { ...right, bytes: Number(bytes) } : right;
      if (await valid(whatOf(signed), expires, signature)) return 'bytes' in signed ? signed.bytes : undefined;
      if (!(await hasKey(context))) throw signature === undefined ? unauthorized() : wrongSignature();
      return undefined;
    },
    /** A URL on the host that serves the room: for this right alone, and expiring. */
    async objectUrl(right: ObjectRight, seconds: number): Promise<SignedUrl> {
      const expires = expiry(seconds);
      const signature = await sign(`${whatOf(right)}\n${expires}`);
      const size = right.method === 'PUT' && right.bytes !== undefined ? `bytes=${right.bytes}&` : '';
      return {
        url: `${objectPath(right.bucket, right.key)}?${size}expires=${expires}&signature=${signature}`,
        method: right.method,
        headers: right.method === 'PUT' ? { 'content-type': right.contentType } : {},
        expiresAt: new Date(Number(expires) * 1000),
      };
    },
    /** Logs a browser in. @throws `Unauthorized` */
    async logIn(context: Context, key: string): Promise<void> {
      if (!(await isAdminKey(key))) throw unauthorized();
      const expires = expiry(SESSION_LIFE);
      setCookie(context, COOKIE, `${expires}.${await sign(`session\n${expires}`)}`, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: SESSION_LIFE,
        secure: new URL(context.req.url).protocol === 'https:',
      });
    },
    logOut(context: Context): void {
      deleteCookie(context, COOKIE, { path: '/' });
    },
  };
}

/** A key is never compared as text: both sides sign the same word, and the signatures are compared. */
async function keyProof(key: string): Promise<string> {
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode('admin'))));
}

/** As JSON, so that no key can be written that reads like another right. */
function whatOf(right: ObjectRight): string {
  const { method, bucket, key } = right;
  const upload = right.method === 'PUT' ? [right.contentType, ...(right.bytes === undefined ? [] : [right.bytes])] : [];
  return `object\n${JSON.stringify([method, bucket, key, ...upload])}`;
}

function wrongSignature(): Failure {
  return new Failure({
    name: 'Unauthorized',
    message: 'this URL was signed for another method, object, content type or size, or it has expired',
  });
}

function unauthorized(): Failure {
  return new Failure({ name: 'Unauthorized', message: 'the admin key is needed: Authorization: Bearer <key>' });
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]{1,512}$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    // The last character has bits that stand for nothing: one signature must not have four spellings.
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
