import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { bucketOn, capabilities } from '../../../handlers/azure/resources/bucket.ts';
import { bucketSuite } from '../../conformance/bucket.ts';
import { brokenStream, expectSame, found, patterned, streamOf } from '../../conformance/bucket-support.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';

// One law makes 13,000 requests.
vi.setConfig({ testTimeout: 600_000 });

const MIB = 1024 * 1024;

const suite = async () => {
  const azurite = await openAzurite();
  afterAll(() => azurite.close());
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const make = async (name: string = randomUUID()) => {
    await blobs.createContainer(name);
    return bucketOn(blobs, name);
  };

  bucketSuite({
    name: 'azure, on Azurite',
    capabilities,
    open: async (name) => ({ client: await make(name), send: fetch, close() {} }),
    deviations: {
      'a URL that was altered is refused': 'Azurite decodes a query twice and fails at a percent sign; see below',
    },
  });

  test('a long body goes up in blocks and is one object, with one etag however it came', async () => {
    const bucket = await make();
    for (const size of [8 * MIB, 8 * MIB + 1, 20 * MIB]) {
      const bytes = patterned(size);
      const put = await bucket.put('bytes', bytes);
      expect(put).toMatchObject({ size });
      expect((await bucket.put('stream', streamOf(bytes))).etag).toBe(put.etag);
      expectSame(await (await found(bucket, 'stream')).bytes(), bytes);
      expect(await bucket.head('bytes')).toEqual(put);
    }
    await expect(bucket.put('bytes', patterned(9 * MIB), { ifNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect(await bucket.head('bytes')).toMatchObject({ size: 20 * MIB });
  });

  test('of a long body that breaks off nothing is seen', async () => {
    const bucket = await make();
    await expect(bucket.put('a', brokenStream(20 * MIB))).rejects.toThrow('the line is cut');
    expect(await bucket.list()).toEqual({ items: [] });
    expect(await bucket.get('a')).toBeUndefined();
  });

  test('bodies that nobody reads hold up nobody, and are there when they are read', async () => {
    const bucket = await make();
    const bytes = patterned(MIB);
    await bucket.put('a', bytes);
    const objects = [];
    for (let n = 0; n < 70; n += 1) objects.push(await found(bucket, 'a'));
    for (const object of objects) expectSame(await object.bytes(), bytes);
    const replaced = await found(bucket, 'a');
    for (let n = 0; n < 25; n += 1) await found(bucket, 'a');
    await bucket.put('a', 'another');
    await expect(replaced.text()).rejects.toMatchObject({ name: 'ObjectReplaced' });
  });

  test('keys that another program made are listed, and so is a prefix that is a key', async () => {
    const name = randomUUID();
    const bucket = await make(name);
    for (const key of ['b+c d%20', 'emoji 😀'])
      await blobs.getContainerClient(name).getBlockBlobClient(key).upload('x', 1);
    for (const key of ['v1.', 'v1.0', 'v1./a', 'v2']) await bucket.put(key, key);
    expect((await bucket.list({ prefix: 'v1.', limit: 2 })).items.map(({ key }) => key)).toEqual(['v1.', 'v1./a']);
    const keys = (await bucket.list()).items.map(({ key }) => key);
    expect(keys).toContain('b+c d%20');
    expect(keys).toContain('emoji 😀');
  });

  test('a URL that was altered gives nothing, even where Azurite fails', async () => {
    const bucket = await make();
    await bucket.put('a', 'text');
    const { url } = await bucket.downloadUrl('a');
    for (const name of new URL(url).searchParams.keys())
      for (const value of [undefined, '', '0', 'x', '%', '\u{10ffff}', '9'.repeat(400)]) {
        const altered = new URL(url);
        if (value === undefined) altered.searchParams.delete(name);
        else altered.searchParams.set(name, value);
        const response = await fetch(altered);
        expect(value === '%' ? [500] : [400, 403], `${name}=${value}`).toContain(response.status);
        expect(await response.text()).not.toBe('text');
      }
    expect((await fetch(url)).status).toBe(200);
  });

  test("an account's key signs no header: who has its upload URL chooses the content type", async () => {
    const bucket = await make();
    const { url, method, headers } = await bucket.uploadUrl('a', { contentType: 'image/png' });
    const sent = await fetch(url, { method, headers: { ...headers, 'content-type': 'text/html' }, body: 'x' });
    expect(sent.status).toBe(201);
    expect(await bucket.head('a')).toMatchObject({ contentType: 'text/html' });
  });

  test('a cursor that Azure did not make is refused', async () => {
    const bucket = await make();
    const cursor = Buffer.from('no marker').toString('base64url');
    await expect(bucket.list({ cursor })).rejects.toMatchObject({ name: 'InvalidInput', data: { field: 'cursor' } });
  });

  test('a key of too many segments is refused', async () => {
    const bucket = await make();
    await expect(bucket.put('a/'.repeat(254), '')).rejects.toMatchObject({ data: { field: 'key' } });
    await bucket.put('a/'.repeat(253), '');
  });
};

if (hasAzurite) describe('Blob Storage', suite);
else test.skip(`SKIPPED Blob Storage: ${AZURITE_WANTED}`, () => {});

test('a service that does not answer is Unavailable', async () => {
  const blobs = new BlobServiceClient('http://127.0.0.1:1/account', undefined, { retryOptions: { maxTries: 1 } });
  await expect(bucketOn(blobs, 'a').get('a')).rejects.toMatchObject({
    name: 'Unavailable',
    message: expect.stringContaining('Blob Storage'),
  });
});
