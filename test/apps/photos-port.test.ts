import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Images } from '../../apps/photos/images.ts';
import { photos } from '../../apps/photos/index.ts';
import { sharpImages } from '../../apps/photos/sharp-images.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { smallJpeg, smallPng } from './photo-files.ts';
import { problemOf, sharingIn } from './photo-sharing.ts';
import wasmPhotos from './programs/wasm-photos.ts';

/** As a room might have it where there is less memory, and no decoder for two of the types. */
const small: Images = {
  ...sharpImages,
  capabilities: { ...sharpImages.capabilities, reads: ['image/jpeg', 'image/png'], bytes: 2_097_152 },
};

let room: Dev;
beforeAll(async () => {
  room = await open(photos(import.meta.url, small));
});
afterAll(() => room.close());

test('what is taken follows what the implementation can do', async () => {
  const { request } = sharingIn(room);
  const ask = (type: string, bytes: number): Promise<Response> =>
    request('/photos', { method: 'POST', body: JSON.stringify({ type, bytes }) });
  expect((await ask('image/png', 2_097_152)).status).toBe(201);
  expect(await problemOf(await ask('image/webp', 9))).toEqual([400, 'InvalidInput', 'type']);
  expect(await problemOf(await ask('image/png', 2_097_153))).toEqual([400, 'InvalidInput', 'bytes']);
  const page = await (await request('/apps/photos/gallery')).text();
  expect(page).toContain('JPEG or PNG, up to 2 MB each.');
  expect(page).toContain('accept="image/jpeg,image/png"');
  expect(page).toContain('data-most="2097152"');
});

test('one that cannot write what is made of a picture is refused when the app is made', () => {
  const poor = { ...small, capabilities: { ...small.capabilities, writes: ['image/jpeg'] as const } };
  expect(() => photos(import.meta.url, poor)).toThrow("images: the variant 'webp' is image/webp");
});

test('the app does the same without a binary', async () => {
  const edge = await open(wasmPhotos);
  try {
    const { share } = sharingIn(edge);
    const wide = { width: 64, height: 48 };
    for (const [type, bytes] of [
      ['image/jpeg', await smallJpeg()],
      ['image/png', await smallPng()],
    ] as const) {
      const { state, variants = {} } = await share(bytes, type);
      expect([state, Object.keys(variants).sort()]).toEqual(['published', ['medium', 'thumbnail', 'webp']]);
      for (const variant of Object.values(variants)) expect(variant).toMatchObject(wide);
    }
    const half = (await smallJpeg()).subarray(0, -20);
    expect(await share(half)).toMatchObject({ state: 'refused', reason: expect.stringMatching(/^this is damaged/) });
  } finally {
    await edge.close();
  }
});
