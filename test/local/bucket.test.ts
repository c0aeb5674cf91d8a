import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { bucketsApi } from '../../core/http/buckets-api.ts';
import { failureResponse } from '../../core/http/failure.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { capabilities, openBuckets } from '../../handlers/local/bucket.ts';
import { faultsFrom } from '../../handlers/local/fault.ts';
import { bucketSuite } from '../conformance/bucket.ts';
import { unsignedLaws } from '../conformance/bucket-signed.ts';
import { expectKeepsOrRefuses, found } from '../conformance/bucket-support.ts';
import { fixture } from '../support/fixtures.ts';
import { stringsIn } from '../support/hostile-strings.ts';
import { filesOf } from './programs/bucket-files.ts';

const outside = mkdtempSync(join(tmpdir(), 'skein-bucket-'));
afterAll(() => rmSync(outside, { recursive: true }));
const newFolder = () => join(outside, randomUUID());

const shared = newFolder();
bucketSuite({
  name: 'local',
  capabilities,
  async open(name) {
    const keyring = await makeKeyring('key');
    const buckets = openBuckets({ folder: shared, sign: keyring.objectUrl });
    const api = bucketsApi((one) => buckets.bucket(one), keyring);
    api.onError((error) => failureResponse(error, (_id, defect) => console.error(defect)));
    const server = createAdaptorServer({ fetch: api.fetch });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    return {
      client: buckets.bucket(name),
      send: (url, init) => fetch(new URL(url, `http://127.0.0.1:${port}`), init),
      async close() {
        await new Promise((closed) => server.close(closed));
        buckets.close();
      },
    };
  },
});

test('buckets that nothing serves give no URLs', async () => {
  const buckets = openBuckets({ folder: newFolder() });
  for (const law of Object.values(unsignedLaws)) await law(buckets.bucket('a'), buckets.bucket('b'), fetch);
  buckets.close();
});

const BIG = 1024 * 1024;

describe('the folder', () => {
  const sources = ['fuzz/path-traversal.txt', 'fuzz/hostile-strings.json', 'fuzz/blns.json'];
  for (const source of sources) {
    const file = fixture(source);
    const title = `keys from ${source} are kept or refused, and nothing leaves the folder`;
    test.skipIf(file === undefined)(file === undefined ? `SKIPPED ${title}: set SKEIN_FIXTURES` : title, async () => {
      const parent = newFolder();
      const folder = join(parent, 'a', 'b');
      mkdirSync(folder, { recursive: true });
      const buckets = openBuckets({ folder });
      await expectKeepsOrRefuses(buckets.bucket('hostile'), stringsIn(readFileSync(file!, 'utf8')));
      buckets.close();
      expect(
        readdirSync(parent, { recursive: true }).filter((path) => !String(path).startsWith(join('a', 'b'))),
      ).toEqual(['a']);
      expect(readdirSync(folder).sort()).toEqual(['index.db', 'objects']);
      for (const name of filesOf(folder)) expect(name).toMatch(/^[0-9a-f]{32}$/);
      expect(readdirSync(outside).every((name) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
    });
  }

  test('what is replaced, deleted, refused or broken off leaves no file', async () => {
    const folder = newFolder();
    const buckets = openBuckets({ folder });
    const bucket = buckets.bucket('a');
    for (let n = 0; n < 5; n++) await bucket.put('kept', n % 2 ? 'small' : new Uint8Array(BIG));
    await bucket.put('deleted', 'x');
    await bucket.delete('deleted');
    await expect(bucket.put('kept', 'refused', { ifNoneMatch: '*' })).rejects.toThrow('ifNoneMatch');
    const broken = new ReadableStream<Uint8Array>({ pull: (to) => to.error(new Error('cut')) });
    await expect(bucket.put('kept', broken)).rejects.toThrow('cut');
    expect(filesOf(folder)).toHaveLength(1);
    buckets.close();
  });

  test('the sweep deletes what no object names, and nothing else', async () => {
    const folder = newFolder();
    const before = openBuckets({ folder });
    await before.bucket('a').put('kept', 'kept');
    const kept = filesOf(folder);
    before.close();
    const orphan = 'ab'.repeat(16);
    writeFileSync(join(folder, 'objects', 'ab', orphan), 'half');
    writeFileSync(join(folder, 'objects', 'ab', 'README.md'), 'not ours');
    openBuckets({ folder }).close();
    expect(filesOf(folder)).toContain(orphan);
    const after = openBuckets({ folder, sweep: true });
    expect(filesOf(folder).sort()).toEqual([...kept, 'README.md'].sort());
    expect(await (await found(after.bucket('a'), 'kept')).text()).toBe('kept');
    after.close();
  });

  test('a put that a sweep meets fails and changes nothing', async () => {
    const folder = newFolder();
    const buckets = openBuckets({ folder });
    const bucket = buckets.bucket('a');
    await bucket.put('a', 'old');
    let end = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(to) {
        to.enqueue(new Uint8Array(BIG));
        end = () => to.close();
      },
    });
    const put = bucket.put('a', body);
    await vi.waitUntil(() => filesOf(folder).length === 2);
    openBuckets({ folder, sweep: true }).close();
    end();
    await expect(put).rejects.toThrow('swept');
    expect(await (await found(bucket, 'a')).text()).toBe('old');
    expect(filesOf(folder)).toHaveLength(1);
    buckets.close();
  });

  test('an object whose file is gone is an error, not an absent object', async () => {
    const folder = newFolder();
    const buckets = openBuckets({ folder });
    await buckets.bucket('a').put('a', 'text');
    for (const file of filesOf(folder)) rmSync(join(folder, 'objects', file.slice(0, 2), file));
    await expect(buckets.bucket('a').get('a')).rejects.toThrow('is missing');
    buckets.close();
  });

  test('a name that cannot be a bucket is refused', () => {
    const buckets = openBuckets({ folder: newFolder() });
    for (const name of ['', '..', 'A', 'a/b', 'a\u0000']) expect(() => buckets.bucket(name)).toThrow(/name/);
    buckets.close();
  });
});

describe.skipIf(process.platform !== 'linux')('open files', () => {
  const openFiles = (folder: string) => {
    const links = readdirSync('/proc/self/fd').flatMap(linkOf);
    return links.filter((path) => path.startsWith(join(folder, 'objects'))).length;
  };

  test('are closed when a body is read, cancelled, broken off or never touched', async () => {
    const folder = newFolder();
    const buckets = openBuckets({ folder });
    const bucket = buckets.bucket('a');
    await bucket.put('big', new Uint8Array(BIG));
    await bucket.put('small', 'text');
    await (await found(bucket, 'big')).bytes();
    await new Response((await found(bucket, 'big')).body).arrayBuffer();
    await (await found(bucket, 'big')).body.cancel();
    const reader = (await found(bucket, 'big')).body.getReader();
    const reading = reader.read();
    await reader.cancel();
    await reading;
    await found(bucket, 'small');
    await vi.waitUntil(() => openFiles(folder) === 0);
    const untouched = await Promise.all(Array.from({ length: 500 }, () => found(bucket, 'big')));
    expect(openFiles(folder)).toBeLessThanOrEqual(64);
    await vi.waitUntil(() => openFiles(folder) === 0, { timeout: 30_000 });
    expect((await untouched[0]!.bytes()).byteLength).toBe(BIG);
    await bucket.put('big', 'replaced');
    await expect(untouched[1]!.bytes()).rejects.toMatchObject({ name: 'ObjectReplaced' });
    expect(openFiles(folder)).toBe(0);
    buckets.close();
  });
});

describe('faults', () => {
  const withFault = (fault: string) => {
    const folder = newFolder();
    const buckets = openBuckets({ folder, fault: faultsFrom({ SKEIN_TEST: '1', SKEIN_FAULT: fault }) });
    return { folder, bucket: buckets.bucket('a'), close: () => buckets.close() };
  };

  for (const code of ['EIO', 'ENOSPC'])
    test(`${code} fails one put or delete, and nothing has changed`, async () => {
      const { folder, bucket, close } = withFault(`bucket:2:${code}`);
      await bucket.put('a', 'old');
      const refused = { name: 'Unavailable', message: expect.stringMatching(new RegExp(`: ${code}: [a-z/ ]+$`)) };
      await expect(bucket.put('a', 'new')).rejects.toMatchObject(refused);
      expect(await (await found(bucket, 'a')).text()).toBe('old');
      expect(filesOf(folder)).toHaveLength(1);
      await bucket.put('a', 'new');
      close();
      const second = withFault(`bucket:2:${code}`);
      await second.bucket.put('a', 'old');
      await expect(second.bucket.delete('a')).rejects.toMatchObject(refused);
      expect(await (await found(second.bucket, 'a')).text()).toBe('old');
      second.close();
    });

  test('a duplicate put or delete does no harm', async () => {
    for (const k of [1, 2, 3]) {
      const { folder, bucket, close } = withFault(`bucket:${k}:duplicate`);
      await bucket.put('a', 'first', { ifNoneMatch: '*' });
      await bucket.put('a', 'second');
      expect(await (await found(bucket, 'a')).text()).toBe('second');
      expect(filesOf(folder)).toHaveLength(1);
      await bucket.delete('a');
      expect(await bucket.get('a')).toBeUndefined();
      expect(filesOf(folder)).toHaveLength(0);
      close();
    }
  });
});

test('a long stream passes in bounded memory', async () => {
  const buckets = openBuckets({ folder: newFolder() });
  const bucket = buckets.bucket('a');
  const chunk = new Uint8Array(BIG).fill(7);
  const before = process.memoryUsage.rss();
  let left = 256;
  await bucket.put('long', new ReadableStream({ pull: (to) => (left-- > 0 ? to.enqueue(chunk) : to.close()) }));
  let got = 0;
  for await (const part of (await found(bucket, 'long')).body) got += part.byteLength;
  expect(got).toBe(256 * BIG);
  expect(process.memoryUsage.rss() - before).toBeLessThan(192 * BIG);
  buckets.close();
});

/** A handle may be closed between its listing and its reading. */
function linkOf(fd: string): string[] {
  try {
    return [readlinkSync(join('/proc/self/fd', fd))];
  } catch {
    return [];
  }
}
