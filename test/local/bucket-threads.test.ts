import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBuckets } from '../../handlers/local/bucket.ts';
import { found } from '../conformance/bucket-support.ts';
import { filesOf } from './programs/bucket-files.ts';

const BIG = 1024 * 1024;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-threads-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('threads', () => {
  test('see what each other writes, from an empty folder on', async () => {
    const threads = Array.from({ length: 4 }, (_, n) => worker({ folder, writes: 25, thread: n }));
    await Promise.all(threads.map(ended));
    const buckets = openBuckets({ folder, sweep: true });
    const { items } = await buckets.bucket('threads').list();
    expect(items).toHaveLength(101);
    expect(filesOf(folder)).toHaveLength(101);
    expect(await (await found(buckets.bucket('threads'), 'count')).text()).toBe('100');
    buckets.close();
  });

  test('read whole versions of what another one replaces', async () => {
    const buckets = openBuckets({ folder });
    const bucket = buckets.bucket('threads');
    await bucket.put('version', new Uint8Array(BIG));
    const writer = worker({ folder, replaces: 60, size: BIG });
    let writing = true;
    const end = ended(writer).finally(() => (writing = false));
    let reads = 0;
    while (writing) {
      const object = await found(bucket, 'version');
      const bytes = reads++ % 2 ? await object.bytes() : new Uint8Array(await new Response(object.body).arrayBuffer());
      expect(bytes.byteLength).toBe(object.size);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    }
    await end;
    expect((await (await found(bucket, 'version')).bytes())[0]).toBe(60);
    buckets.close();
  });
});

function worker(data: Readonly<Record<string, unknown>>): Worker {
  return new Worker(join(import.meta.dirname, 'programs/bucket-thread.ts'), { workerData: data, execArgv: [] });
}

function ended(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`))));
  });
}
