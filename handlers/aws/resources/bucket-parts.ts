import { invalidInput } from '../../../core/error.ts';
import type { Body } from '../../../core/resources/bucket.ts';

/** The least that a part may have, but the last: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART = 5 * 1024 * 1024;

/**
 * A body in the parts of an upload: the first ones of 5 MiB, and each thousand larger by as much, so that the 10,000 parts
 * which S3 takes hold 275 GB. The same bytes have the same parts, whatever they came as, and so the same etag. Never none.
 *
 * @throws `InvalidInput` naming the field `body` where a stream gives something else than bytes.
 */
export async function* partsOf(body: Body): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let count = 0;
  for await (const chunk of chunksOf(body)) {
    for (let at = 0; at < chunk.byteLength; ) {
      const wanted = PART * (1 + Math.floor(count / 1000));
      const some = chunk.subarray(at, at + wanted - size);
      waiting.push(some);
      size += some.byteLength;
      at += some.byteLength;
      if (size < wanted) continue;
      yield Buffer.concat(waiting);
      count += 1;
      waiting = [];
      size = 0;
    }
  }
  if (size > 0 || count === 0) yield Buffer.concat(waiting);
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
