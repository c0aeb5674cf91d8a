import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const SIGNATURE = 'X-Amz-Signature';
const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Seconds: 7 days. */
const MOST = 604_800;

/**
 * Why S3 would refuse a request that no header signs; `undefined` where it is a header's, or the URL's signature holds. Nobody's
 * requests are refused too: no bucket here is public.
 */
export function signatureFault(
  request: IncomingMessage,
  url: URL,
  keysOf: (accessKeyId: string) => Keys | undefined,
): readonly [status: number, code: string] | undefined {
  if (request.headers.authorization?.startsWith(ALGORITHM)) return undefined;
  const asked = url.searchParams;
  if (!asked.has(SIGNATURE)) return [403, 'AccessDenied'];
  const [credential, date, expires, names] = ['Credential', 'Date', 'Expires', 'SignedHeaders'].map(
    (name) => asked.get(`X-Amz-${name}`) ?? '',
  ) as [string, string, string, string];
  const [id, day = '', region = '', service = '', end] = credential.split('/');
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const seconds = Number(expires);
  const wellFormed = asked.get('X-Amz-Algorithm') === ALGORITHM && end === 'aws4_request' && date.startsWith(day);
  if (!wellFormed || Number.isNaN(time) || !/^\d{1,6}$/.test(expires) || seconds < 1 || seconds > MOST)
    return [400, 'AuthorizationQueryParametersError'];
  const keys = keysOf(id ?? '');
  if (keys === undefined) return [403, 'InvalidAccessKeyId'];
  if (Date.now() >= time + seconds * 1000) return [403, 'AccessDenied'];

  const signed = names.split(';');
  if (!signed.includes('host')) return [403, 'AccessDenied'];
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encoded(decodeURIComponent(part)))
      .join('/'),
    [...asked]
      .filter(([name]) => name !== SIGNATURE)
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    names,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const scope = [day, region, service, 'aws4_request'];
  const text = [ALGORITHM, date, scope.join('/'), createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope.reduce<Buffer>((from, part) => hmac(from, part), Buffer.from(`AWS4${keys.secretAccessKey}`));
  const wanted = hmac(key, text);
  const given = Buffer.from(asked.get(SIGNATURE) ?? '', 'hex');
  const same = given.length === wanted.length && timingSafeEqual(given, wanted);
  return same && /^[0-9a-f]{64}$/.test(asked.get(SIGNATURE) ?? '') ? undefined : [403, 'SignatureDoesNotMatch'];
}

/** Every byte but those that RFC 3986 calls unreserved. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
