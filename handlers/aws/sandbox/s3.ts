import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLarge, putInParts } from './large-put.ts';
import { bytesOf, openServer } from './loopback.ts';
import { type Keys, signatureFault } from './presigned.ts';

export interface S3 {
  /** Why a request is refused whoever sends it: it is not signed, or not so. */
  fault(request: IncomingMessage): readonly [status: number, code: string] | undefined;
  /** Answers a request that has no fault, whose body was read. */
  handle(request: IncomingMessage, body: Buffer<ArrayBuffer>, response: ServerResponse): Promise<void>;
}

/**
 * What S3 does and fauxqs does not, in front of it. It is written from AWS's documentation; it is not S3.
 *
 * - It checks signed URLs: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * - It looks at `If-Match` and `If-None-Match` of writes, one write at a time:
 *   https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * - It keeps keys as hexadecimal bytes behind it, where lists are sorted by a locale: so they are in the order of UTF-8 bytes.
 * - It encodes the keys of lists where `encoding-type=url` asks for it.
 * - It takes objects in one request for which fauxqs wants several.
 *
 * @param behind where fauxqs is.
 * @param keysOf the keys of an access key id; `undefined` where nobody has it.
 */
export function s3Before(behind: string, keysOf: (accessKeyId: string) => Keys | undefined): S3 {
  let writing: Promise<unknown> = Promise.resolve();
  return {
    fault: (request) => signatureFault(request, new URL(request.url ?? '/', behind), keysOf),
    async handle(request, body, response) {
      const url = new URL(request.url ?? '/', behind);
      const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
      const conditional = request.method !== 'GET' && request.method !== 'HEAD' && (ifMatch ?? ifNoneMatch);
      const pass = () => forward(request, body, url, behind, response);
      if (!conditional) return pass();
      const turn = writing.then(async () => {
        const now = await fetch(inner(url, behind, true), { method: 'HEAD' });
        const etag = now.status === 404 ? undefined : now.headers.get('etag');
        if (ifMatch !== undefined && etag === undefined) return refuse(response, 404, 'NoSuchKey');
        const holds = ifMatch !== undefined ? ifMatch === etag : etag === undefined;
        return holds ? pass() : refuse(response, 412, 'PreconditionFailed');
      });
      writing = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** The same behind a port of its own. */
export async function openGate(behind: string, keys: Keys): Promise<{ address: string; close(): Promise<void> }> {
  const s3 = s3Before(behind, (id) => (id === keys.accessKeyId ? keys : undefined));
  return openServer(async (request, response) => {
    const body = await bytesOf(request);
    const fault = s3.fault(request);
    return fault === undefined ? s3.handle(request, body, response) : refuse(response, ...fault);
  }, refuseBroken);
}

/** What S3 says where it is broken itself. */
function refuseBroken(response: ServerResponse, error: unknown): void {
  refuse(response, 500, `InternalError: ${String(error)}`);
}

async function forward(
  request: IncomingMessage,
  body: Buffer<ArrayBuffer>,
  url: URL,
  behind: string,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET' } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !HOP.includes(name)) headers.set(name, value);
  const bare = method === 'GET' || method === 'HEAD';
  const answer =
    method === 'PUT' && isLarge(body)
      ? await putInParts(inner(url, behind, true), headers.get('content-type'), body)
      : await fetch(inner(url, behind), { method, headers, ...(bare ? {} : { body }) });
  let bytes: Uint8Array = new Uint8Array(await answer.arrayBuffer());
  if (url.searchParams.has('list-type')) bytes = Buffer.from(withKeys(Buffer.from(bytes).toString(), url));
  const answered = Object.fromEntries([...answer.headers].filter(([name]) => !HOP.includes(name)));
  if (method === 'HEAD') answered['content-length'] = answer.headers.get('content-length') ?? '0';
  else answered['content-length'] = String(bytes.byteLength);
  response.writeHead(answer.status, answered);
  response.end(bytes);
}

/** What is between two hosts, and no more. */
const HOP = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive', 'date'];

/** The request behind the gate: keys, and what is compared with keys, in hexadecimal. */
function inner(url: URL, behind: string, bare = false): URL {
  const [, bucket = '', ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const to = new URL(`/${bucket}${key === '' ? '' : `/${toHex(key)}`}`, behind);
  if (bare) return to;
  for (const [name, value] of url.searchParams)
    to.searchParams.append(name, KEYED.includes(name) ? toHex(value) : value);
  return to;
}

const KEYED = ['prefix', 'start-after'];

function withKeys(xml: string, url: URL): string {
  const encoded = url.searchParams.get('encoding-type') === 'url';
  const shown = (hex: string): string => {
    const key = Buffer.from(hex, 'hex').toString();
    return encoded ? encodeURIComponent(key).replaceAll('%20', '+') : escaped(key);
  };
  return xml
    .replace(/<Key>([0-9a-f]*)<\/Key>/g, (_, hex: string) => `<Key>${shown(hex)}</Key>`)
    .replace('<KeyCount>', `${encoded ? '<EncodingType>url</EncodingType>' : ''}<KeyCount>`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function toHex(text: string): string {
  return Buffer.from(text).toString('hex');
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': text.length }).end(text);
}
