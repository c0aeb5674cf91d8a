import { isUtf8 } from 'node:buffer';

export interface Payload {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const TEXT =
  /^(?:text\/|(?:application|image|message|model)\/(?:[\w.!#$&^-]+\+)?(?:json|xml|yaml|javascript|ecmascript|graphql|toml|x-www-form-urlencoded|x-ndjson|ndjson|jsonl|json-seq|x-yaml|x-javascript|sql)\s*(?:;|$))/i;

/**
 * The body as an event's JSON carries it: text as it is, anything else in base64. Text is what its type says and its bytes are;
 * a type that promises text over bytes that are not UTF-8, or over compressed ones, does not break them.
 */
export async function payloadOf(response: Response): Promise<Payload> {
  if (response.body === null) return EMPTY;
  const bytes = Buffer.from(await response.arrayBuffer());
  if (bytes.byteLength === 0) return EMPTY;
  return isText(response.headers) && isUtf8(bytes)
    ? { body: bytes.toString('utf8'), isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
}

const EMPTY: Payload = { body: '', isBase64Encoded: false };

function isText(headers: Headers): boolean {
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding !== '' && encoding.toLowerCase() !== 'identity') return false;
  return TEXT.test(headers.get('content-type') ?? '');
}
