import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SignedUrl } from '../../core/resources/bucket.ts';
import { HOSTILE } from './bucket-keys.ts';
import { expectSame, found, inBatches, type Laws, patterned, refused, type Send } from './bucket-support.ts';

/** What holds where the room declares `signedUrls`: a request with nothing but the URL and its headers. */
export const signedLaws: Laws = {
  'what is put to an upload URL is what a download URL gives': async (bucket, _other, send) => {
    const bodies = [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, n) => n), patterned(5 * 1024 * 1024)];
    for (const [n, bytes] of bodies.entries()) {
      const upload = await bucket.uploadUrl(`file/${n}`, { contentType: 'text/plain; charset=utf-8' });
      expect(upload.method).toBe('PUT');
      expect(await statusOf(use(send, upload, bytes))).toBeLessThan(300);
      expect(await bucket.head(`file/${n}`)).toMatchObject({
        size: bytes.length,
        contentType: 'text/plain; charset=utf-8',
      });
      expectSame(await (await found(bucket, `file/${n}`)).bytes(), bytes);
      const download = await bucket.downloadUrl(`file/${n}`);
      expect(download.method).toBe('GET');
      const response = await use(send, download);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expectSame(await response.bytes(), bytes);
    }
  },
  'a URL can be used again, and follows the object': async (bucket, _other, send) => {
    const [upload, download] = [await bucket.uploadUrl('a'), await bucket.downloadUrl('a')];
    expect(await statusOf(use(send, download))).toBeGreaterThanOrEqual(400);
    for (const text of ['one', 'two']) {
      expect(await statusOf(use(send, upload, Buffer.from(text)))).toBeLessThan(300);
      expect(await (await use(send, download)).text()).toBe(text);
    }
    expect(await bucket.head('a')).toMatchObject({ contentType: 'application/octet-stream' });
    await bucket.delete('a');
    expect(await statusOf(use(send, download))).toBeGreaterThanOrEqual(400);
  },
  'a range of a download': async (bucket, _other, send) => {
    await bucket.put('a', '0123456789');
    const download = await bucket.downloadUrl('a');
    const response = await send(download.url, { headers: { ...download.headers, range: 'bytes=2-5' } });
    expect([response.status, await response.text()]).toEqual([206, '2345']);
  },
  'a URL is for one method': async (bucket, _other, send) => {
    await bucket.put('a', 'as it was');
    const [upload, download] = [await bucket.uploadUrl('a'), await bucket.downloadUrl('a')];
    await expectRefused(send(download.url, { method: 'PUT', headers: upload.headers, body: 'changed' }));
    await expectRefused(send(upload.url, { headers: upload.headers }));
    for (const { url, headers } of [upload, download]) await expectRefused(send(url, { method: 'DELETE', headers }));
    expect(await (await found(bucket, 'a')).text()).toBe('as it was');
  },
  'a URL is for one object of one bucket': async (bucket, other, send) => {
    for (const key of ['key-a', 'key-b']) for (const one of [bucket, other]) await one.put(key, 'as it was');
    for (const one of [bucket, other]) {
      const [upload, download] = [await one.uploadUrl('key-a'), await one.downloadUrl('key-a')];
      const elsewhere = ({ url }: SignedUrl) => url.replace('key-a', 'key-b');
      await expectRefused(send(elsewhere(upload), { method: 'PUT', headers: upload.headers, body: 'changed' }));
      await expectRefused(send(elsewhere(download), { headers: download.headers }));
    }
    const [here, there] = [await bucket.downloadUrl('key-a'), await other.downloadUrl('key-a')];
    await expectRefused(send(there.url.split('?')[0] + here.url.slice(here.url.indexOf('?')), { headers: {} }));
    for (const one of [bucket, other]) expect(await (await found(one, 'key-b')).text()).toBe('as it was');
  },
  'an upload is for one content type': async (bucket, _other, send) => {
    const { url, method } = await bucket.uploadUrl('a', { contentType: 'image/png' });
    for (const type of ['text/html', 'image/png; charset=x', 'image/pn'])
      await expectRefused(send(url, { method, headers: { 'content-type': type }, body: '<script>' }));
    expect(await bucket.head('a')).toBeUndefined();
  },
  'a URL that was altered is refused': async (bucket, _other, send) => {
    await bucket.put('a', 'text');
    const { url, headers } = await bucket.downloadUrl('a');
    const [path, query] = url.split('?');
    const names = [...new URLSearchParams(query).keys()];
    expect(names).not.toEqual([]);
    await expectRefused(send(path!, { headers }));
    for (const name of names)
      for (const value of [undefined, '', '0', 'x', '%', '\u{10ffff}', '9'.repeat(400), differing(query!, name)]) {
        const altered = new URLSearchParams(query);
        if (value === undefined) altered.delete(name);
        else altered.set(name, value);
        await expectRefused(send(`${path}?${altered}`, { headers }));
      }
    expect(await statusOf(send(url, { headers }))).toBe(200);
  },
  'a URL expires': async (bucket, _other, send) => {
    await bucket.put('a', 'text');
    const before = Date.now();
    const download = await bucket.downloadUrl('a', { expires: 1 });
    const upload = await bucket.uploadUrl('a', { expires: 1 });
    for (const { expiresAt } of [download, upload])
      expect(Math.abs(expiresAt.getTime() - before - 1000)).toBeLessThan(60_000);
    // Two clocks are compared, and stores allow for that.
    while ((await statusOf(use(send, download))) < 300) await sleep(500);
    await expectRefused(use(send, download));
    while ((await statusOf(use(send, upload, Buffer.from('text')))) < 300) await sleep(500);
    await expectRefused(use(send, upload, Buffer.from('changed')));
    expect(await (await found(bucket, 'a')).text()).toBe('text');
    const days = await bucket.downloadUrl('a', { expires: 604_800 });
    expect(days.expiresAt.getTime() - before).toBeGreaterThan(604_700_000);
    expect(await statusOf(use(send, days))).toBe(200);
  },
  'hostile keys are kept as they are or refused, by URL too': async (bucket, _other, send) => {
    const keys = [...new Set([...HOSTILE, 'a?b#c&d=e', 'a/b+c d', '%25', 'a;b,c:d@e', "it's", 'ž/ů/🐎', '?expires=9'])];
    const kept = new Set<string>();
    await inBatches(keys, async (key) => {
      try {
        await bucket.put(key, '');
        kept.add(key);
      } catch (error) {
        expect(error).toMatchObject(refused('key'));
        await expect(bucket.uploadUrl(key)).rejects.toMatchObject(refused('key'));
        await expect(bucket.downloadUrl(key)).rejects.toMatchObject(refused('key'));
      }
    });
    expect(kept.size).toBeGreaterThan(10);
    for (const key of kept) {
      const name = JSON.stringify(key);
      expect(await statusOf(use(send, await bucket.uploadUrl(key), Buffer.from(`under ${key}`))), name).toBeLessThan(
        300,
      );
    }
    for (const key of kept) {
      expect(await (await found(bucket, key)).text()).toBe(`under ${key}`);
      expect(await (await use(send, await bucket.downloadUrl(key))).text()).toBe(`under ${key}`);
    }
    expect(new Set((await bucket.list()).items.map(({ key }) => key))).toEqual(kept);
  },
  'what cannot be signed is refused': async (bucket) => {
    for (const expires of [0, -1, 604_801, 1.5, Number.NaN, '60' as unknown as number]) {
      await expect(bucket.downloadUrl('a', { expires })).rejects.toMatchObject(refused('expires'));
      await expect(bucket.uploadUrl('a', { expires })).rejects.toMatchObject(refused('expires'));
    }
    for (const contentType of ['', ' ', 'text/plain\r\nx-evil: 1', 'é/ü'])
      await expect(bucket.uploadUrl('a', { contentType })).rejects.toMatchObject(refused('contentType'));
  },
};

/** What holds where it does not. */
export const unsignedLaws: Laws = {
  'a signed URL is refused': async (bucket) => {
    await expect(bucket.downloadUrl('a')).rejects.toMatchObject({ name: 'Unsupported' });
    await expect(bucket.uploadUrl('a')).rejects.toMatchObject({ name: 'Unsupported' });
  },
};

export function use(
  send: Send,
  { url, method, headers }: SignedUrl,
  body?: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  return send(url, { method, headers, ...(body !== undefined && { body }) });
}

export async function statusOf(sent: Promise<Response>): Promise<number> {
  const response = await sent;
  await response.arrayBuffer();
  return response.status;
}

/** Stores differ in whether they call it a bad request, an unknown caller or a forbidden one. */
export async function expectRefused(sent: Promise<Response>): Promise<void> {
  expect([400, 401, 403]).toContain(await statusOf(sent));
}

/** The value of a parameter with another first character: a later time, another signature. */
function differing(query: string, name: string): string {
  const value = new URLSearchParams(query).get(name) ?? '';
  return `${value.startsWith('9') ? '8' : '9'}${value.slice(1)}`;
}
