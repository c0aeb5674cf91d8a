import { type FileHandle, open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { objectPath } from '../../core/http/object-path.ts';
import { ask, type Client, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { print, printJson } from '../output.ts';
import { showProgress } from '../progress.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

interface Source {
  readonly file: string;
  readonly key: string;
  readonly handle: FileHandle;
  readonly size: number;
}
interface Stored {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

export const put = verb({
  name: 'put',
  summary: 'put files into a bucket',
  args: '<bucket> <files...>',
  options: {
    prefix: { type: 'string', value: 'P', help: 'what the keys begin with, such as texts/ (nothing)' },
    ...roomOptions,
    json: { ...jsonOption, help: 'print a JSON list: key, size, etag' },
  },
  details: "An object's key is the prefix and the base name of its file. An object that is there already is replaced.",
  examples: ['skein put corpus texts/*.txt', 'skein put corpus moby-dick.txt --prefix books/'],
  async run({ args: [bucket = '', ...files], values, env }) {
    const sources = await openAll(files, values.prefix ?? '');
    try {
      return await withClient({ data: values.data, module: values.module, env }, async (client) => {
        const stored = await putAll(client, bucket, sources);
        if (values.json) printJson(stored);
        else for (const { key } of stored) print(key);
        return EXIT.ok;
      });
    } finally {
      for (const { handle } of sources) await handle.close();
    }
  },
});

/** All of them are opened first: a wrong name is found before anything is put. */
async function openAll(files: readonly string[], prefix: string): Promise<Source[]> {
  const sources: Source[] = [];
  try {
    for (const file of files) {
      const key = prefix + basename(file);
      const twin = sources.find((one) => one.key === key);
      if (twin !== undefined) throw new UsageError(`put: ${twin.file} and ${file} would both be '${key}'`);
      const handle = await open(file).catch((error: Error) => {
        throw new UsageError(`put: ${error.message}`);
      });
      const info = await handle.stat();
      sources.push({ file, key, handle, size: info.size });
      if (!info.isFile()) throw new UsageError(`put: ${file} is not a file`);
    }
    return sources;
  } catch (error) {
    for (const { handle } of sources) await handle.close();
    throw error;
  }
}

async function putAll(client: Client, bucket: string, sources: readonly Source[]): Promise<Stored[]> {
  const progress = showProgress('put', 'bytes');
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const stored: Stored[] = [];
  let before = 0;
  try {
    for (const source of sources) {
      const { key, size, handle, file } = source;
      const path = objectPath(bucket, key);
      const init: RequestInit & { duplex: 'half' } = {
        method: 'PUT',
        headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' },
        body: bodyOf(handle, (bytes) => progress.show(before + bytes, total)),
        duplex: 'half',
      };
      const { etag } = await ask<{ etag: string }>(client, path, init);
      before += size;
      progress.show(before, total);
      stored.push({ key, size, etag });
    }
  } finally {
    progress.end();
  }
  return stored;
}

const TYPES: Readonly<Record<string, string>> = {
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.gz': 'application/gzip',
};

const CHUNK = 65_536;

function bodyOf(handle: FileHandle, seen: (bytes: number) => void): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK), 0, CHUNK, at);
      if (bytesRead === 0) return controller.close();
      at += bytesRead;
      controller.enqueue(buffer.subarray(0, bytesRead));
      seen(at);
    },
  });
}
