import { isUtf8 } from 'node:buffer';
import { types } from 'node:util';

export interface Payload {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const TEXT =
  /^(?:text\/|(?:application|image|message|model)\/(?:[\w.!#$&^-]+\+)?(?:json|xml|yaml|javascript|ecmascript|graphql|toml|x-www-form-urlencoded|x-ndjson|ndjson|jsonl|json-seq|x-yaml|x-javascript|sql)\s*(?:;|$))/i;

/**
 * The body as an event's JSON carries it: text as it is, anything else in base64. Text is what its type says and its bytes are;
 * a type that promises text over bytes that are not UTF-8, or over compressed ones, does not break them.
 *
 * @param headers those of the response, by their names in small letters.
 */
export async function payloadOf(response: Response, headers: Record<string, string>): Promise<Payload> {
  const bytes = await bytesOf(response);
  if (bytes.byteLength === 0) return EMPTY;
  return isText(headers) && isUtf8(bytes)
    ? { body: bytes.toString('utf8'), isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
}

const EMPTY: Payload = { body: '', isBase64Encoded: false };
const NONE = Buffer.alloc(0);

/** What `arrayBuffer()` gives, in a fifth of its time where the body is one chunk, as nearly all are. */
async function bytesOf({ body, bodyUsed }: Response): Promise<Buffer> {
  if (body === null) return NONE;
  if (bodyUsed) throw new TypeError('the body of the response was read before');
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!types.isUint8Array(value)) {
      const error = new TypeError('the body of the response has a chunk that is no Uint8Array');
      await reader.cancel(error);
      throw error;
    }
    chunks.push(value);
  }
  const [first = NONE] = chunks;
  return chunks.length > 1 ? Buffer.concat(chunks) : Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}

function isText(headers: Readonly<Record<string, string>>): boolean {
  const { 'content-encoding': encoding = '', 'content-type': type = '' } = headers;
  return (encoding === '' || encoding.toLowerCase() === 'identity') && TEXT.test(type);
}
