import { type Context, Hono } from 'hono';
import { Failure, invalidInput } from '../error.ts';
import type { BucketClient, ObjectInfo } from '../resources/bucket.ts';
import { sizedBody } from './body.ts';
import type { Keyring } from './keyring.ts';
import { byteRange } from './range.ts';

// Not `.+`: a key with a line break is to be refused as a key, and not as a path where nothing is.
const OBJECT = '/buckets/:bucket/:key{[\\s\\S]+}';

/** Buckets over HTTP, the same in every room: put, get, head, delete, list. */
export function bucketsApi(bucketNamed: (name: string) => BucketClient | undefined, keyring: Keyring): Hono {
  const api = new Hono();
  const bucketOf = (context: Context): BucketClient => {
    const name = context.req.param('bucket') ?? '';
    const found = bucketNamed(name);
    if (found === undefined)
      throw new Failure({ name: 'NotFound', message: `no app declares a bucket ${JSON.stringify(name)}` });
    return found;
  };

  api.get('/buckets/:bucket', async (context) => {
    await keyring.requireKey(context);
    const bucket = bucketOf(context);
    const { prefix, cursor, limit } = context.req.query();
    const page = await bucket.list({
      ...(prefix !== undefined && { prefix }),
      ...(cursor !== undefined && { cursor }),
      ...(limit !== undefined && { limit: wholeNumber('limit', limit) }),
    });
    const items = page.items.map(({ key, size, etag }) => ({ key, size, etag }));
    return context.json({ items, ...(page.next !== undefined && { next: page.next }) });
  });

  api.put(OBJECT, async (context) => {
    const { bucket: name, key } = context.req.param();
    const contentType = context.req.header('content-type') ?? 'application/octet-stream';
    const bytes = await keyring.requireObjectRight(context, { method: 'PUT', bucket: name, key, contentType });
    const bucket = bucketOf(context);
    const ifMatch = unquoted(context.req.header('if-match'));
    if (ifMatch === '*') throw invalidInput('If-Match: must be an etag', 'If-Match');
    const ifNoneMatch = context.req.header('if-none-match');
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
      throw invalidInput('If-None-Match: only * is understood', 'If-None-Match');
    const body = context.req.raw.body ?? new Uint8Array();
    const { etag } = await bucket.put(key, bytes === undefined ? body : sizedBody(context.req.raw, bytes), {
      contentType,
      ...(ifMatch !== undefined && { ifMatch }),
      ...(ifNoneMatch === '*' && { ifNoneMatch }),
    });
    return context.json({ etag }, 201, { etag: quoted(etag) });
  });

  // Hono answers HEAD with the GET handler and drops the body.
  api.get(OBJECT, async (context) => {
    const { bucket: name, key } = context.req.param();
    await keyring.requireObjectRight(context, { method: 'GET', bucket: name, key });
    const bucket = bucketOf(context);
    const info = await bucket.head(key);
    if (info === undefined) throw notFound(key);
    if (matches(context.req.header('if-none-match'), info.etag))
      return new Response(null, { status: 304, headers: headersOf(info) });
    const range = isSame(context.req.header('if-range'), info)
      ? byteRange(context.req.header('range'), info.size)
      : undefined;
    if (context.req.method === 'HEAD') return new Response(null, { headers: headersOf(info, info.size) });
    const object = await bucket.get(key, range);
    if (object === undefined) throw notFound(key);
    const { from, to } = object.range;
    const headers = headersOf(object, to - from);
    if (range === undefined) return new Response(object.body, { headers });
    headers.set('content-range', `bytes ${from}-${to - 1}/${object.size}`);
    return new Response(object.body, { status: 206, headers });
  });

  api.delete(OBJECT, async (context) => {
    await keyring.requireKey(context);
    await bucketOf(context).delete(context.req.param('key'));
    return context.body(null, 204);
  });

  return api;
}

/** Types that cannot act, and so may be shown on this host; others are saved. After a comma a browser would read another type. */
const SHOWN =
  /^(?:image\/(?!svg|[^;]*xml)[\w.+-]+|(?:audio|video)\/[\w.+-]+|text\/plain|application\/json) *(?:;[^,]*)?$/i;

function headersOf(info: ObjectInfo, length?: number): Headers {
  const headers = new Headers({
    etag: quoted(info.etag),
    'content-type': info.contentType,
    'last-modified': info.updatedAt.toUTCString(),
    'accept-ranges': 'bytes',
    // Objects are whatever somebody stored: a browser must neither guess nor run them.
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    // Whoever has the right may keep it, but asks each time: it may have been replaced, or the right be over.
    'cache-control': 'private, no-cache',
  });
  if (!SHOWN.test(info.contentType)) headers.set('content-disposition', 'attachment');
  if (length !== undefined) headers.set('content-length', String(length));
  return headers;
}

function notFound(key: string): Failure {
  return new Failure({ name: 'NotFound', message: `no object ${JSON.stringify(key)}` });
}

function wholeNumber(field: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw invalidInput(`${field}: must be a whole number`, field);
  return Number(text);
}

function quoted(etag: string): string {
  return `"${etag}"`;
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.trim().replace(/^"(.*)"$/, '$1');
}

/** Whether the rest of the object may be given to someone who has the beginning of the one with this validator. */
function isSame(ifRange: string | undefined, { etag }: ObjectInfo): boolean {
  return ifRange === undefined || ifRange.trim() === quoted(etag);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || unquoted(one.trim().replace(/^W\//, '')) === etag);
}
