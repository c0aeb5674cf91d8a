import type { MiddlewareHandler } from 'hono';
import { Failure, invalidInput } from '../error.ts';
import type { Json } from '../json.ts';

/** Bytes that a request's body may have unless its route says otherwise. */
export const BODY_LIMIT = 1_048_576;
/** Deeper values overflow the stack of whoever walks them. */
const MAX_DEPTH = 200;

/**
 * The JSON of a body; an empty one is `{}`, so that a workflow whose input has defaults can be started without one.
 *
 * @throws `InvalidInput` naming the field `body`.
 */
export async function readJson(request: Request): Promise<Json> {
  const bytes = await request.arrayBuffer();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidInput('body: must be UTF-8', 'body');
  }
  if (text.trim() === '') return {};
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw invalidInput(`body: must be JSON (${error instanceof Error ? error.message : 'unreadable'})`, 'body');
  }
  checkValue(value);
  return value;
}

function checkValue(root: Json): void {
  const rest: { value: Json; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, depth } = next;
    if (typeof value === 'number' && !Number.isFinite(value)) throw invalidInput('body: a number is too large', 'body');
    if (value === null || typeof value !== 'object') continue;
    if (depth >= MAX_DEPTH) throw invalidInput(`body: nested deeper than ${MAX_DEPTH}`, 'body');
    for (const item of Array.isArray(value) ? value : Object.values(value))
      rest.push({ value: item, depth: depth + 1 });
  }
}

/** Refuses a body over `limit` bytes: at once where its length is declared, else when it gets there. */
export function limitBody(limit: number): MiddlewareHandler {
  const tooLarge = (): Failure =>
    new Failure({ name: 'PayloadTooLarge', message: `body: over ${limit} bytes`, data: { field: 'body', limit } });
  return async (context, next) => {
    const { raw } = context.req;
    const declared = raw.headers.get('content-length');
    if (declared !== null) {
      if (Number(declared) > limit) throw tooLarge();
    } else if (raw.body !== null) {
      let seen = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          seen += chunk.byteLength;
          if (seen > limit) controller.error(tooLarge());
          else controller.enqueue(chunk);
        },
      });
      const init: RequestInit & { duplex: 'half' } = { body: raw.body.pipeThrough(counted), duplex: 'half' };
      context.req.raw = new Request(raw, init);
    }
    await next();
  };
}

/** A body that must have just so many bytes: refused at once where another length is declared, else when it ends. */
export function sizedBody({ headers, body }: Request, bytes: number): ReadableStream<Uint8Array> {
  const refused = (): Failure => invalidInput(`body: must have ${bytes} bytes, as the URL was signed for`, 'body');
  const declared = headers.get('content-length');
  if (declared !== null && Number(declared) !== bytes) throw refused();
  let seen = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > bytes) controller.error(refused());
      else controller.enqueue(chunk);
    },
    flush(controller) {
      if (seen !== bytes) controller.error(refused());
    },
  });
  return (body ?? new Blob([]).stream()).pipeThrough(counted);
}
