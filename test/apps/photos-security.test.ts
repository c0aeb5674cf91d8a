import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import photos, { photos as sharePhotos } from '../../apps/photos/index.ts';
import { newId } from '../../apps/photos/resources.ts';
import { sharpImages } from '../../apps/photos/sharp-images.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { serve } from '../../handlers/local/index.ts';
import { temporary } from '../support/server.ts';
import { smallJpeg } from './photo-files.ts';
import { bearer, type Created, problemOf, sharingIn } from './photo-sharing.ts';

let room: Dev;
let http: ReturnType<typeof sharingIn>;
let jpeg: Buffer;
beforeAll(async () => {
  room = await open(photos);
  http = sharingIn(room);
  jpeg = await smallJpeg();
});
afterAll(() => room.close());

describe('who is somebody else', { timeout: 60_000 }, () => {
  it('cannot delete, and is not told whether there is a photo', async () => {
    const photo = await http.share(jpeg);
    const waiting = await http.create(jpeg.length);
    const { owner: stranger } = await http.create(jpeg.length);
    for (const token of [stranger, 'A'.repeat(22), photo.owner.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))])
      for (const { id } of [photo, waiting, { id: newId() }])
        expect(await problemOf(await http.remove(id, token))).toEqual([404, 'NotFound', undefined]);
    for (const authorization of ['', 'Bearer', 'Bearer short', `Basic ${photo.owner}`, `Bearer ${'x'.repeat(5_000)}`]) {
      const response = await http.request(`/photos/${photo.id}`, { method: 'DELETE', headers: { authorization } });
      expect((await problemOf(response))[0]).toBe(401);
    }
    expect((await http.request(`/photos/${waiting.id}`, bearer(stranger))).status).toBe(404);
    expect((await http.request(`/photos/${photo.id}`)).status).toBe(200);
  });

  it('cannot guess: an id has 122 random bits, and nothing lists what is not published', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await http.create(5)).id));
    expect(new Set(ids.map((id) => id.slice(10))).size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{9}-[0-9a-f-]{14}4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const listed = JSON.stringify(await http.gallery());
    for (const id of ids) expect(listed).not.toContain(id);
    for (const path of [
      '/buckets/photo-uploads',
      '/buckets/photo-pictures',
      '/runs?workflow=photo',
      `/runs/photo-${ids[0]}`,
    ])
      expect((await http.request(path)).status).toBe(401);
  });

  it('finds nothing under hostile names', async () => {
    const photo = await http.share(jpeg);
    for (const path of [
      '/photos/%00',
      '/photos/..%2f..%2fetc',
      `/photos/${'x'.repeat(500)}`,
      `/photos/${photo.id.toUpperCase()}`,
      `/photos/${photo.id}/original`,
      `/photos/${photo.id}/..%2fmedium`,
      `/photos/${photo.id}/constructor`,
      `/apps/photos/${photo.id}x`,
      '/apps/photos/%22%3E%3Cscript%3E',
    ])
      expect((await http.request(path)).status, path).toBe(404);
    expect((await http.request('/photos?cursor=%00')).status).toBe(400);
  });
});

describe('the pages', { timeout: 60_000 }, () => {
  const cookieOf = async (): Promise<string> =>
    (await http.request('/apps/photos/gallery')).headers.get('set-cookie')!.split(';')[0]!;
  const JSON_TYPE = { 'content-type': 'application/json' };

  it('are served with all that they name, and have nothing inline', async () => {
    const first = await http.request('/apps/photos');
    expect([first.status, first.headers.get('location')]).toEqual([302, '/apps/photos/gallery']);
    const response = await http.request('/apps/photos/gallery');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^photos-owner=[\w-]{22}; .*Path=\/apps\/photos; HttpOnly; SameSite=Lax/);
    const html = await response.text();
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\son\w+=|style=/);
    for (const [, path = ''] of html.matchAll(/(?:href|src)="(\/apps\/photos\/[^"]+\.(?:js|css))"/g)) {
      const asset = await (await http.request(path)).text();
      if (path.endsWith('.js')) expect(() => new Function(asset)).not.toThrow();
    }
  });

  it('run nothing of a title', async () => {
    const title = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const { id } = await http.share(jpeg, 'image/jpeg', title);
    for (const path of ['/apps/photos/gallery', `/apps/photos/${id}`]) {
      const html = await (await http.request(path)).text();
      expect(html).toContain('&lt;script&gt;');
      expect(html).not.toMatch(/<script>|<img src=x/);
    }
  });

  it('let nobody else send their forms', async () => {
    const cookie = await cookieOf();
    const asked = JSON.stringify({ title: 'x', type: 'image/jpeg', bytes: jpeg.length });
    const create = (headers: Record<string, string>) =>
      http.request('/apps/photos/uploads', { method: 'POST', body: asked, headers: { ...JSON_TYPE, ...headers } });
    expect(await problemOf(await create({}))).toEqual([401, 'Unauthorized', undefined]);
    for (const site of ['cross-site', 'same-site'])
      expect(await problemOf(await create({ cookie, 'sec-fetch-site': site }))).toEqual([403, 'Forbidden', undefined]);
    const made = await create({ cookie, 'sec-fetch-site': 'same-origin' });
    expect(made.status).toBe(201);
    const created = (await made.json()) as Created;
    await http.put(created, jpeg);
    const own = async () =>
      (
        (await (await http.request('/apps/photos/own', { headers: { cookie } })).json()) as {
          items: { state: string }[];
        }
      ).items;
    await vi.waitFor(async () => expect(await own()).toMatchObject([{ id: created.id, state: 'published' }]), {
      timeout: 20_000,
    });
    const remove = (headers: Record<string, string>) =>
      http.request(`/apps/photos/${created.id}/delete`, { method: 'POST', headers, redirect: 'manual' });
    expect((await remove({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await remove({})).status).toBe(401);
    expect((await remove({ cookie: await cookieOf() })).status).toBe(404);
    expect((await http.request(`/photos/${created.id}`)).status).toBe(200);
    expect((await remove({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await http.request(`/photos/${created.id}`)).status).toBe(404);
  });

  it('go back page by page', async () => {
    const shared = [];
    for (let n = 0; n < 25; n++) shared.push(http.share(jpeg, 'image/jpeg', `Number ${n}`));
    await Promise.all(shared);
    const html = await (await http.request('/apps/photos/gallery')).text();
    const next = /href="(\/apps\/photos\/gallery\?cursor=[^"]+)"/.exec(html)?.[1] ?? '';
    const older = await (await http.request(next.replaceAll('&amp;', '&'))).text();
    const idsOf = (page: string) =>
      [...page.matchAll(/href="\/apps\/photos\/([0-9a-z]{9}-[^"]+)"><img/g)].map(([, id]) => id);
    expect(idsOf(html)).toHaveLength(24);
    expect(idsOf(older).length).toBeGreaterThan(0);
    expect(idsOf(older).filter((id) => idsOf(html).includes(id))).toEqual([]);
    expect((await http.request('/apps/photos/gallery?cursor=%00')).status).toBe(400);
  });
});

it('an address is limited, whoever is behind it', { timeout: 60_000 }, async () => {
  const app = sharePhotos(import.meta.url, sharpImages, { addressRate: { burst: 2, perSecond: 0.01 } });
  const served = await serve([app], { port: 0, data: temporary(), trustedProxies: ['127.0.0.1'] });
  const body = JSON.stringify({ type: 'image/png', bytes: 5 });
  const from = async (address: string): Promise<number> => {
    const response = await fetch(`${served.url}/photos`, {
      method: 'POST',
      body,
      headers: { 'x-forwarded-for': address },
    });
    await response.body?.cancel();
    return response.status;
  };
  const statuses: number[] = [];
  for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2']) statuses.push(await from(address));
  expect(statuses).toEqual([201, 201, 429, 201]);
  await served.close();
});
