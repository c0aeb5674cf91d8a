import { Failure } from '../error.ts';
import type { ObjectInfo, StoredObject } from './bucket.ts';

/** A body that a store has begun to send. */
export interface Incoming {
  transformToByteArray(): Promise<Uint8Array>;
  transformToWebStream(): ReadableStream;
  destroy?(): unknown;
  on?(event: 'error', listener: () => void): unknown;
}

/** Bodies up to this many bytes are read at once; a larger one holds a connection until it is read. */
const SMALL = 128 * 1024;
/** Of the connections that a client opens to a host (S3's: 50) so many may wait for a reader, and for so long. */
const MAX_UNREAD = 20;
const UNREAD_MS = 5_000;

type Stream = ReadableStream<Uint8Array>;

/**
 * An object's bytes as a store sends them. A large body that nobody begins to read is let go, and asked for again when it is needed.
 *
 * @param again asks for the same bytes of the same version; `undefined` where that is gone.
 */
export async function incoming(
  info: ObjectInfo,
  range: StoredObject['range'],
  body: Incoming,
  again: () => Promise<Incoming | undefined>,
): Promise<StoredObject> {
  if (range.to - range.from > SMALL) return storedObject(info, range, held(info, body, again));
  const bytes = await body.transformToByteArray();
  return storedObject(info, range, async () => streamOf(bytes));
}

/** An object of which no byte was asked for. */
export function noBytes(info: ObjectInfo, at: number): StoredObject {
  return storedObject(info, { from: at, to: at }, async () => streamOf(new Uint8Array()));
}

function storedObject(info: ObjectInfo, range: StoredObject['range'], open: () => Promise<Stream>): StoredObject {
  let begun = false;
  let body: Stream | undefined;
  const begin = (): Promise<Stream> => {
    if (begun) throw new TypeError(`the body of ${JSON.stringify(info.key)} has been read or cancelled already`);
    begun = true;
    return open();
  };
  const bytes = async (): Promise<Uint8Array> => new Uint8Array(await new Response(await begin()).arrayBuffer());
  return {
    ...info,
    range,
    get body() {
      body ??= lazily(begin);
      return body;
    },
    bytes,
    // A string comes back as it was put, so a byte order mark is a character like any other.
    text: async () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(await bytes()),
  };
}

/** Nothing is asked for before somebody reads. */
function lazily(begin: () => Promise<Stream>): Stream {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= (await begin()).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        reader ??= (await begin()).getReader();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

const unread = new Set<() => void>();

/** Keeps a body until it is opened, but not for long. */
function held(info: ObjectInfo, body: Incoming, again: () => Promise<Incoming | undefined>): () => Promise<Stream> {
  let waiting = true;
  const stop = (): void => {
    waiting = false;
    unread.delete(drop);
    clearTimeout(timer);
  };
  const drop = (): void => {
    stop();
    body.destroy?.();
  };
  // A connection that breaks while nobody reads concerns nobody: without a listener it would end the process.
  body.on?.('error', () => {
    if (waiting) drop();
  });
  const timer = setTimeout(drop, UNREAD_MS);
  // Where timers are objects, one that is waited for by nobody must not keep a process.
  (timer as { unref?(): void }).unref?.();
  unread.add(drop);
  const [oldest] = unread;
  if (unread.size > MAX_UNREAD) oldest?.();
  return async () => {
    if (waiting) {
      stop();
      return body.transformToWebStream();
    }
    const fresh = await again();
    if (fresh !== undefined) return fresh.transformToWebStream();
    const message = `${JSON.stringify(info.key)} was replaced or deleted before its body was read; get it again`;
    throw new Failure({ name: 'ObjectReplaced', message });
  };
}

function streamOf(bytes: Uint8Array): Stream {
  return new ReadableStream({
    start(to) {
      if (bytes.byteLength > 0) to.enqueue(bytes);
      to.close();
    },
  });
}
