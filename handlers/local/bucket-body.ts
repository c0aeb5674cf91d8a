import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { Failure } from '../../core/error.ts';
import type { ObjectInfo, StoredObject } from '../../core/resources/bucket.ts';
import { SMALL } from './bucket-files.ts';

const CHUNK = 128 * 1024;
/** One read of the system takes no more than 2 GiB. */
const MOST = 1024 ** 3;
const UNREAD_MS = 1000;
const MAX_UNREAD = 64;

const read = promisify(fs.read);

type Range = StoredObject['range'];

/** The bytes of one range, given once and in order. */
interface Source {
  /** @returns between 1 and `max` bytes. Asked only while some are left. */
  pull(max: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

/** A file that is open already, most likely. */
interface Waiting {
  take(): number;
  /** Closes it where it has not been taken. */
  drop(): void;
}

/**
 * Opens an object's bytes now, so that they are those of `info` whatever replaces them while they are read.
 *
 * A small range is read at once. A larger one holds an open file until it is read or cancelled; where nobody begins within a
 * second, or too many others wait, the file is closed, and opened again when it is needed.
 *
 * @throws `ENOENT` where the object was replaced since it was looked up.
 */
export function openBody(info: ObjectInfo, path: string, range: Range): StoredObject {
  const size = range.to - range.from;
  const file = fs.openSync(path, 'r');
  if (size > SMALL) return storedObject(info, range, fromFile(waiting(file, path, info), range.from, info));
  try {
    return storedObject(info, range, fromMemory(readNow(file, range, info)));
  } finally {
    fs.closeSync(file);
  }
}

function storedObject(info: ObjectInfo, range: Range, source: Source): StoredObject {
  const size = range.to - range.from;
  let begun = false;
  let body: ReadableStream<Uint8Array> | undefined;
  const begin = () => {
    if (begun) throw new TypeError(`the body of ${JSON.stringify(info.key)} has been read or cancelled already`);
    begun = true;
  };
  const bytes = async () => {
    begin();
    return readAll(source, size);
  };
  return {
    ...info,
    range,
    get body() {
      body ??= toStream(source, size, begin);
      return body;
    },
    bytes,
    // A string comes back as it was put, so a byte order mark is a character like any other.
    text: async () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(await bytes()),
  };
}

async function readAll(source: Source, size: number): Promise<Uint8Array> {
  try {
    const first = size === 0 ? new Uint8Array() : await source.pull(Math.min(size, MOST));
    if (first.byteLength === size) return first;
    const all = new Uint8Array(size);
    all.set(first);
    for (let at = first.byteLength; at < size; ) {
      const part = await source.pull(Math.min(size - at, MOST));
      all.set(part, at);
      at += part.byteLength;
    }
    return all;
  } finally {
    source.close();
  }
}

/** Nothing is read ahead: a stream that nobody reads has cost nothing. */
function toStream(source: Source, size: number, begin: () => void): ReadableStream<Uint8Array> {
  let left: number | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (left === undefined) begin();
        left ??= size;
        try {
          if (left > 0) {
            const part = await source.pull(Math.min(left, CHUNK));
            left -= part.byteLength;
            controller.enqueue(part);
          }
          if (left > 0) return;
          controller.close();
        } catch (error) {
          source.close();
          throw error;
        }
        source.close();
      },
      cancel() {
        if (left === undefined) begin();
        source.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function fromMemory(bytes: Uint8Array<ArrayBuffer>): Source {
  let at = 0;
  return {
    async pull(max) {
      const part = bytes.subarray(at, at + max);
      at += part.byteLength;
      return part;
    },
    close() {},
  };
}

function fromFile(waiting: Waiting, from: number, info: ObjectInfo): Source {
  let file: number | undefined;
  let at = from;
  let busy = false;
  let closed = false;
  return {
    async pull(max) {
      file ??= waiting.take();
      const chunk = new Uint8Array(max);
      busy = true;
      try {
        const { bytesRead } = await read(file, chunk, 0, max, at);
        if (bytesRead === 0) throw truncated(info);
        at += bytesRead;
        return chunk.subarray(0, bytesRead);
      } finally {
        busy = false;
        if (closed) fs.closeSync(file);
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (file === undefined) waiting.drop();
      // A number that is closed while a read has it would soon name another file.
      else if (!busy) fs.closeSync(file);
    },
  };
}

function readNow(file: number, { from, to }: Range, info: ObjectInfo): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  for (let at = 0; at < bytes.byteLength; ) {
    const got = fs.readSync(file, bytes, at, bytes.byteLength - at, from + at);
    if (got === 0) throw truncated(info);
    at += got;
  }
  return bytes;
}

const unread = new Set<() => void>();

/** Keeps `file` open until it is taken, but not for long. */
function waiting(file: number, path: string, info: ObjectInfo): Waiting {
  let open = true;
  const stop = () => {
    open = false;
    unread.delete(drop);
    clearTimeout(timer);
  };
  const drop = () => {
    if (!open) return;
    stop();
    fs.closeSync(file);
  };
  const timer = setTimeout(drop, UNREAD_MS).unref();
  unread.add(drop);
  const [oldest] = unread;
  if (unread.size > MAX_UNREAD) oldest?.();
  return {
    take() {
      if (!open) return reopen(path, info);
      stop();
      return file;
    },
    drop,
  };
}

function reopen(path: string, { key }: ObjectInfo): number {
  try {
    return fs.openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const message = `${JSON.stringify(key)} was replaced or deleted before its body was read; get it again`;
    throw new Failure({ name: 'ObjectReplaced', message });
  }
}

function truncated({ key, size }: ObjectInfo): Error {
  return new Error(`the file of ${JSON.stringify(key)} is shorter than its ${size} bytes`);
}
