import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashOf } from '../../apps/owner-token.ts';
import { albumOf } from '../../apps/photos/album.ts';
import photos from '../../apps/photos/index.ts';
import type { Pipeline } from '../../apps/photos/pipeline.ts';
import { album, keyOf, newId, pictures, uploads, variantKey } from '../../apps/photos/resources.ts';
import { sweepOf } from '../../apps/photos/sweep.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { SVG, smallJpeg, smallPng } from './photo-files.ts';
import { bearer, type Created, ORIGIN, pathOf, problemOf, sharingIn } from './photo-sharing.ts';

let room: Dev;
let http: ReturnType<typeof sharingIn>;
let jpeg: Buffer;
beforeAll(async () => {
  room = await open(photos);
  http = sharingIn(room);
  jpeg = await smallJpeg();
});
afterAll(() => room.close());

const stores = () => room.clients({ uploads: uploads.all, pictures: pictures.all, album: album.read });
const keysOf = async (which: 'uploads' | 'pictures', id: string): Promise<string[]> =>
  (await stores()[which].list()).items.map(({ key }) => key).filter((key) => key.includes(id));
describe('a picture', { timeout: 60_000 }, () => {
  it('is published in three variants, for everybody', async () => {
    const photo = await http.share(jpeg, 'image/jpeg', '  The harbour ');
    expect(photo).toMatchObject({ state: 'published', title: 'The harbour', width: 64, height: 48 });
    const shown = (await http.gallery()).find(({ id }) => id === photo.id)!;
    expect(Object.keys(shown.variants!).sort()).toEqual(['medium', 'thumbnail', 'webp']);
    for (const [name, { url, type, bytes }] of Object.entries(shown.variants!)) {
      const response = await http.request(pathOf(url));
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
      expect((await response.arrayBuffer()).byteLength).toBe(bytes);
      const etag = response.headers.get('etag')!;
      expect((await http.request(`/photos/${photo.id}/${name}`, { headers: { 'if-none-match': etag } })).status).toBe(
        304,
      );
    }
    expect(JSON.stringify(shown)).not.toContain(photo.owner);
    await vi.waitFor(async () => expect(await keysOf('uploads', photo.id)).toEqual([]));
    const run = await room.result(`photo-${photo.id}`);
    expect(run).toEqual({ output: { state: 'published' } });
    const steps = (await room.calls(`photo-${photo.id}`)).map(({ step }) => step.replace('photo-', ''));
    expect(steps.toSorted()).toEqual(['inspect', 'publish', 'render', 'render', 'render', 'tidy']);
  });

  it('that is none is refused: its owner is told why, nothing of it is kept, and nobody else knows of it', async () => {
    for (const [bytes, reason] of [
      [Buffer.from(SVG), /^this is no JPEG/],
      [jpeg.subarray(0, jpeg.length - 20), /^this is damaged/],
    ] as const) {
      const photo = await http.share(bytes);
      expect(photo).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) });
      expect(await room.result(`photo-${photo.id}`)).toEqual({ output: { state: 'refused' } });
      expect([await keysOf('uploads', photo.id), await keysOf('pictures', photo.id)]).toEqual([[], []]);
      expect((await http.request(`/photos/${photo.id}`)).status).toBe(404);
      const { items } = (await (await http.request('/photos/own', bearer(photo.owner))).json()) as { items: object[] };
      expect(items).toEqual([expect.objectContaining({ id: photo.id, state: 'refused', reason: photo.reason })]);
    }
  });

  it('that was declared as another type is what it is', async () => {
    expect(await http.share(await smallPng(), 'image/jpeg')).toMatchObject({ state: 'published' });
  });

  it('is deleted by whose it is, with every object', async () => {
    const photo = await http.share(jpeg);
    expect((await http.remove(photo.id, photo.owner)).status).toBe(204);
    expect((await http.remove(photo.id, photo.owner)).status).toBe(204);
    expect((await http.request(`/photos/${photo.id}`, bearer(photo.owner))).status).toBe(404);
    for (const name of ['thumbnail', 'medium', 'webp'])
      expect((await http.request(`/photos/${photo.id}/${name}`)).status).toBe(404);
    expect([await keysOf('uploads', photo.id), await keysOf('pictures', photo.id)]).toEqual([[], []]);
  });

  it('that was deleted before its upload came, or while it was looked at, leaves nothing', async () => {
    const early = await http.create(jpeg.length);
    await http.remove(early.id, early.owner);
    expect((await http.put(early, jpeg)).status).toBe(201);
    // On a fast machine a look may be over before it is seen: then another picture is tried.
    const looking = async () => {
      for (;;) {
        const photo = await http.create(jpeg.length);
        await http.put(photo, jpeg);
        for (;;) {
          const { state } = await http.see(photo);
          if (state === 'checking') return photo;
          if (state === 'published') break;
        }
      }
    };
    const during = await looking();
    await http.remove(during.id, during.owner);
    await vi.waitFor(
      async () => {
        for (const { id } of [early, during])
          expect([await keysOf('uploads', id), await keysOf('pictures', id)]).toEqual([[], []]);
      },
      { timeout: 20_000 },
    );
    expect(await room.result(`photo-${during.id}`)).toMatchObject({ output: { state: 'deleted' } });
    expect([await keysOf('uploads', during.id), await keysOf('pictures', during.id)]).toEqual([[], []]);
  });

  it('is taken down with the admin key alone', async () => {
    const photo = await http.share(jpeg);
    const path = `/photos/${photo.id}/take-down`;
    expect((await http.request(path, { method: 'POST' })).status).toBe(401);
    expect((await http.request(path, { method: 'POST', ...bearer(photo.owner) })).status).toBe(401);
    expect((await http.request(path, { method: 'POST', ...bearer(room.adminKey) })).status).toBe(204);
    expect((await http.request(`/photos/${photo.id}`)).status).toBe(404);
  });
});

describe('the sweep', { timeout: 60_000 }, () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('cleans up after runs that were cancelled and uploads that nobody told of, and after nothing else', async () => {
    const pipeline = photos.workflows[0] as unknown as Pipeline;
    const trigger = sweepOf(pipeline);
    const clients = room.clients(trigger.uses);
    const sweep = () =>
      trigger.run({} as never, { ...clients, log: () => undefined, signal: AbortSignal.timeout(50_000) } as never);
    const published = await http.share(jpeg);
    const cancelled = await http.create(jpeg.length);
    const place = { owner: await hashOf(cancelled.owner), id: cancelled.id };
    // The event is not there yet, and the run never will be.
    await albumOf(clients.table as never).begin(place, 'etag');
    const stray = { owner: place.owner, id: newId() };
    for (const name of ['thumbnail', 'webp'] as const) {
      await stores().pictures.put(variantKey(stray, name), jpeg);
      await stores().pictures.put(variantKey(place, name), jpeg);
    }
    await sweep();
    expect((await http.see(cancelled)).state).toBe('checking');
    expect(await keysOf('pictures', stray.id)).toHaveLength(2);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_700_000 });
    await sweep();
    expect(await http.see(cancelled)).toMatchObject({ state: 'refused', reason: expect.stringMatching(/on our side/) });
    for (const { id } of [stray, cancelled]) expect(await keysOf('pictures', id)).toEqual([]);
    expect(await keysOf('pictures', published.id)).toHaveLength(3);
    expect((await http.see(published)).state).toBe('published');
  });
});

describe('an upload', { timeout: 60_000 }, () => {
  it.each([
    [{ type: 'image/svg+xml', bytes: 10 }, 'type'],
    [{ type: 'image/jpeg', bytes: 0 }, 'bytes'],
    [{ type: 'image/jpeg', bytes: 20_971_521 }, 'bytes'],
    [{ type: 'image/jpeg', bytes: 1.5 }, 'bytes'],
    [{ type: 'image/jpeg', bytes: 1, title: 'two\nlines' }, 'title'],
    [{ type: 'image/jpeg', bytes: 1, title: 'x'.repeat(101) }, 'title'],
    [{ type: 'image/jpeg', bytes: 1, key: '../' }, 'body'],
  ])('of %j is refused', async (asked, field) => {
    const response = await http.request('/photos', { method: 'POST', body: JSON.stringify(asked) });
    expect(await problemOf(response)).toEqual([400, 'InvalidInput', field]);
  });

  it('is of the size that was said, and by a URL that was not altered', async () => {
    const mine = await http.create(jpeg.length);
    const other = await http.create(jpeg.length);
    const altered = (url: string): Created => ({ ...mine, upload: { ...mine.upload, url } });
    const { url } = mine.upload;
    const past = await makeKeyring(room.adminKey, () => Date.now() - 3_600_000);
    const key = decodeURIComponent(new URL(url).pathname.split('/').slice(3).join('/'));
    const right = { method: 'PUT', bucket: uploads.name, key, contentType: 'image/jpeg', bytes: jpeg.length } as const;
    const bad: readonly [Created, Buffer][] = [
      [mine, Buffer.concat([jpeg, Buffer.from('more')])],
      [mine, jpeg.subarray(1)],
      [altered(url.replace(mine.id, other.id)), jpeg],
      [altered(url.replace(/bytes=\d+/, 'bytes=99999999')), jpeg],
      [altered(url.replace(/bytes=\d+&/, '')), jpeg],
      [altered(url.replace(/expires=\d+/, 'expires=99999999999')), jpeg],
      [altered(url.replace(/signature=.{4}/, 'signature=AAAA')), jpeg],
      [altered(url.split('?')[0]!), jpeg],
      [altered(ORIGIN + (await past.objectUrl(right, 900)).url), jpeg],
      [{ ...mine, upload: { ...mine.upload, headers: { 'content-type': 'text/html' } } }, jpeg],
    ];
    for (const [created, bytes] of bad) expect([400, 401]).toContain((await http.put(created, bytes)).status);
    for (const method of ['GET', 'DELETE']) expect((await http.request(pathOf(url), { method })).status).toBe(401);
    for (const { id } of [mine, other]) expect(await keysOf('uploads', id)).toEqual([]);
    expect((await http.put(mine, jpeg)).status).toBe(201);
    expect((await http.over(mine)).state).toBe('published');
  });

  it('that is sent again changes nothing that is published, and is not kept', async () => {
    const photo = await http.share(jpeg);
    const before = await (await http.request(`/photos/${photo.id}/thumbnail`)).arrayBuffer();
    // As many bytes, and another picture.
    const other = Buffer.from(jpeg);
    other[other.length - 10]! ^= 1;
    expect((await http.put(photo, other)).status).toBe(201);
    await vi.waitFor(async () => expect(await keysOf('uploads', photo.id)).toEqual([]), { timeout: 10_000 });
    expect(await (await http.request(`/photos/${photo.id}/thumbnail`)).arrayBuffer()).toEqual(before);
    expect((await http.see(photo)).state).toBe('published');
  });

  it('that nobody asked for is deleted', async () => {
    const client = stores().uploads;
    const owner = 'A'.repeat(43);
    for (const key of ['x', 'a/b', `${owner}/${newId()}`, keyOf({ owner, id: 'none' })]) await client.put(key, jpeg);
    await vi.waitFor(async () => expect((await client.list()).items).toEqual([]), { timeout: 10_000 });
  });
});

it('is published once, though every event comes twice', { timeout: 60_000 }, async () => {
  const twice = await open(photos, { env: { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:duplicate' } });
  try {
    const { share, gallery } = sharingIn(twice);
    const photo = await share(jpeg);
    expect(photo.state).toBe('published');
    await twice.result(`photo-${photo.id}`);
    expect(await twice.calls(`photo-${photo.id}`)).toHaveLength(6);
    expect(await gallery()).toHaveLength(1);
  } finally {
    await twice.close();
  }
});

it('says how many are too many', { timeout: 60_000 }, async () => {
  const { owner } = await http.create(5);
  const statuses: number[] = [];
  for (let n = 0; n < 62; n++) {
    const body = JSON.stringify({ type: 'image/png', bytes: 5 });
    const response = await http.request('/photos', { method: 'POST', body, ...bearer(owner) });
    statuses.push(response.status);
    if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    await response.body?.cancel();
  }
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
});
