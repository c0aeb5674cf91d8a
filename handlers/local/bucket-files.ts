import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { copyFile, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { invalidInput } from '../../core/error.ts';
import type { Body } from '../../core/resources/bucket.ts';
import { flushFolder } from './flush-folder.ts';

export interface Written {
  /** 32 random hexadecimal digits. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** The files that hold objects' bytes: each is written once, under a random name, and never changed. */
export interface Files {
  path(file: string): string;
  /** Durable when it resolves; leaves nothing behind when it rejects. */
  write(body: Body): Promise<Written>;
  copy(written: Written): Promise<Written>;
  /** Deletes it if it is there. What cannot be deleted now is an orphan, for the sweep. */
  remove(file: string): Promise<void>;
  list(): string[];
}

/** Bodies up to this many bytes are written and read in one go. */
export const SMALL = 64 * 1024;
const SPOOL = 256 * 1024;
const NAME = /^[0-9a-f]{32}$/;

const fsync = promisify(fs.fsync);

/** @param folder created where it is not there, for this user only. */
export function openFiles(folder: string): Files {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (fs.readdirSync(folder).length < 256) createShelves(folder);
  const path = (file: string) => join(folder, file.slice(0, 2), file);

  async function written(write: (path: string) => Promise<Omit<Written, 'file'>>): Promise<Written> {
    const file = randomBytes(16).toString('hex');
    try {
      const result = await write(path(file));
      await syncFolder(join(folder, file.slice(0, 2)));
      return { file, ...result };
    } catch (error) {
      await remove(file);
      throw error;
    }
  }
  const remove = (file: string) => unlink(path(file)).catch(() => {});

  return {
    path,
    write: (body) => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      if (bytes instanceof ReadableStream) return written((to) => stream(to, bytes));
      return written(bytes.byteLength < SMALL ? (to) => atOnce(to, bytes) : (to) => stream(to, [bytes]));
    },
    copy: ({ file, ...same }) =>
      written(async (to) => {
        await copyFile(path(file), to, fs.constants.COPYFILE_EXCL);
        return same;
      }),
    remove,
    list: () =>
      fs
        .readdirSync(folder)
        .filter((shelf) => /^[0-9a-f]{2}$/.test(shelf))
        .flatMap((shelf) => fs.readdirSync(join(folder, shelf)).filter((file) => NAME.test(file))),
  };
}

/** All of them at once, so that no put has to make one and see to it that a power cut does not take it. */
function createShelves(folder: string): void {
  for (let n = 0; n < 256; n++) fs.mkdirSync(join(folder, n.toString(16).padStart(2, '0')), { recursive: true });
  for (const path of [folder, dirname(folder)]) flushFolder(path);
}

/** Hashed and handed to the system before the caller can change them. */
async function atOnce(path: string, bytes: Uint8Array): Promise<Omit<Written, 'file'>> {
  const handle = fs.openSync(path, 'wx', 0o600);
  try {
    fs.writeFileSync(handle, bytes);
    const etag = etagOf(createHash('sha256').update(bytes));
    await fsync(handle);
    return { size: bytes.byteLength, etag };
  } finally {
    fs.closeSync(handle);
  }
}

/** Every byte goes through one buffer: bounded memory, few writes, and the etag is that of what was written. */
async function stream(
  path: string,
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<Omit<Written, 'file'>> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    const spool = Buffer.allocUnsafe(SPOOL);
    let held = 0;
    let size = 0;
    const flush = async () => {
      const full = spool.subarray(0, held);
      hash.update(full);
      await handle.writeFile(full);
      size += held;
      held = 0;
    };
    for await (const chunk of chunks) {
      if (!(chunk instanceof Uint8Array)) throw invalidInput('body: a stream must yield Uint8Arrays', 'body');
      for (let at = 0; at < chunk.byteLength; ) {
        const part = chunk.subarray(at, at + SPOOL - held);
        spool.set(part, held);
        held += part.byteLength;
        at += part.byteLength;
        if (held === SPOOL) await flush();
      }
    }
    await flush();
    await handle.sync();
    return { size, etag: etagOf(hash) };
  } finally {
    await handle.close();
  }
}

function etagOf(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, 32);
}

/** A new file's name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = fs.openSync(path, 'r');
  try {
    await fsync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
