import { invalidInput } from '../error.ts';
import type { Body } from './bucket.ts';

/**
 * A body in the parts of an upload. The same bytes have the same parts, whatever they came as. Never none.
 *
 * @param sizeOf the bytes of the part with this number, from 0; only the last has fewer.
 * @throws `InvalidInput` naming the field `body` where a stream gives something else than bytes.
 */
export async function* bodyParts(body: Body, sizeOf: (part: number) => number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let count = 0;
  for await (const chunk of chunksOf(body)) {
    for (let at = 0; at < chunk.byteLength; ) {
      const wanted = sizeOf(count);
      const some = chunk.subarray(at, at + wanted - size);
      waiting.push(some);
      size += some.byteLength;
      at += some.byteLength;
      if (size < wanted) continue;
      yield joined(waiting, size);
      count += 1;
      waiting = [];
      size = 0;
    }
  }
  if (size > 0 || count === 0) yield joined(waiting, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield new TextEncoder().encode(body);
  else if (body instanceof Uint8Array) yield body;
  else
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) throw invalidInput('body: the stream must give Uint8Arrays', 'body');
      yield chunk;
    }
}
