import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { StoredObject } from '../../../core/resources/bucket.ts';
import { bucketOn, capabilities } from '../../../handlers/aws/resources/bucket.ts';
import { openS3, SETTINGS } from '../../../handlers/aws/sandbox/emulators.ts';
import { FAUXQS_WANTED, hasFauxqs } from '../../../handlers/aws/sandbox/tools.ts';
import { bucketSuite } from '../../conformance/bucket.ts';
import { unsupportedLaws } from '../../conformance/bucket-conditions.ts';
import { brokenStream, expectSame, found, patterned, streamOf } from '../../conformance/bucket-support.ts';
import { beforeEach } from './recorded.ts';

// One law makes 13,000 requests.
vi.setConfig({ testTimeout: 600_000 });

const MIB = 1024 * 1024;

const suite = async () => {
  const s3 = await openS3();
  afterAll(() => s3.close());
  const calls: string[] = [];
  let fail: ((command: string) => void) | undefined;
  beforeEach(s3.client, ({ command }) => {
    calls.push(command);
    fail?.(command);
  });
  const make = async (name: string = randomUUID()) => {
    await s3.client.send(new CreateBucketCommand({ Bucket: name }));
    return name;
  };

  bucketSuite({
    name: 'aws, on fauxqs behind a gate',
    capabilities,
    open: async (name) => ({ client: bucketOn(s3.client, await make(name)), send: fetch, close() {} }),
  });

  test('a store that looks at no conditions is asked for none', async () => {
    const bucket = bucketOn(s3.client, await make(), { conditionalPut: false });
    for (const law of Object.values(unsupportedLaws)) await law(bucket, bucket, fetch);
  });

  test('a long body goes up in parts and is one object, with one etag however it came', async () => {
    const bucket = bucketOn(s3.client, await make());
    for (const size of [5 * MIB, 5 * MIB + 1, 13 * MIB]) {
      const bytes = patterned(size);
      const put = await bucket.put('bytes', bytes);
      expect(put).toMatchObject({ size });
      expect((await bucket.put('stream', streamOf(bytes))).etag).toBe(put.etag);
      expectSame(await (await found(bucket, 'stream')).bytes(), bytes);
      expect(await bucket.head('bytes')).toEqual(put);
    }
    await expect(bucket.put('bytes', patterned(6 * MIB), { ifNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await bucket.head('bytes')).toMatchObject({ size: 13 * MIB });
  });

  test('a long body that breaks off is aborted, and nothing of it is seen', async () => {
    const bucket = bucketOn(s3.client, await make());
    calls.length = 0;
    await expect(bucket.put('a', brokenStream(12 * MIB))).rejects.toThrow('the line is cut');
    expect(calls).toEqual(['CreateMultipartUpload', 'UploadPart', 'UploadPart', 'AbortMultipartUpload']);
    expect(await bucket.list()).toEqual({ items: [] });
  });

  test('a stream of which S3 refuses a part is cancelled', async () => {
    const bucket = bucketOn(s3.client, await make());
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (to) => to.enqueue(new Uint8Array(MIB)),
      cancel: () => {
        cancelled = true;
      },
    });
    fail = (command) => {
      if (command === 'UploadPart') throw new Error('refused');
    };
    await expect(bucket.put('a', endless)).rejects.toThrow('refused');
    fail = undefined;
    expect(cancelled).toBe(true);
    expect(await bucket.head('a')).toBeUndefined();
  });

  test('bodies that nobody reads hold up nobody, and are there when they are read', async () => {
    const bucket = bucketOn(s3.client, await make());
    const bytes = patterned(MIB);
    await bucket.put('a', bytes);
    const objects: StoredObject[] = [];
    for (let n = 0; n < 70; n += 1) objects.push(await found(bucket, 'a'));
    for (const object of objects.slice(0, 69)) expectSame(await object.bytes(), bytes);
    const [replaced] = [await found(bucket, 'a')];
    for (let n = 0; n < 25; n += 1) await found(bucket, 'a');
    await bucket.put('a', 'another');
    await expect(replaced.text()).rejects.toMatchObject({ name: 'ObjectReplaced' });
  });

  test('a conditional put that met another one comes again', async () => {
    const bucket = bucketOn(s3.client, await make());
    let conflicts = 2;
    fail = (command) => {
      if (command !== 'PutObject' || conflicts === 0) return;
      conflicts -= 1;
      const $metadata = { httpStatusCode: 409 };
      throw Object.assign(new Error('a conflict'), { name: 'ConditionalRequestConflict', $metadata });
    };
    await bucket.put('a', 'text', { ifNoneMatch: '*' });
    fail = undefined;
    expect(conflicts).toBe(0);
  });

  test('keys that another program made are listed and can be gone on after', async () => {
    const name = await make();
    for (const Key of ['/slash', 'a\\b', 'b+c d%20'])
      await s3.client.send(new PutObjectCommand({ Bucket: name, Key, Body: 'x' }));
    const bucket = bucketOn(s3.client, name);
    const first = await bucket.list({ limit: 2 });
    const rest = await bucket.list({ cursor: first.next! });
    expect([...first.items, ...rest.items].map(({ key }) => key)).toEqual(['/slash', 'a\\b', 'b+c d%20']);
  });
};

if (hasFauxqs) describe('S3', suite);
else test.skip(`SKIPPED S3: ${FAUXQS_WANTED}`, () => {});

test('a service that does not answer is Unavailable', async () => {
  const client = new S3Client({ ...SETTINGS, endpoint: 'http://127.0.0.1:1', forcePathStyle: true, maxAttempts: 1 });
  const bucket = bucketOn(client, 'a');
  await expect(bucket.get('a')).rejects.toMatchObject({ name: 'Unavailable', message: expect.stringContaining('S3') });
  client.destroy();
});

test('an option that is not known is refused', () => {
  expect(() => bucketOn(new S3Client(SETTINGS), 'a', { conditional: false } as object)).toThrow('conditional');
});
