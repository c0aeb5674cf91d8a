import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { bareGif } from '../../apps/photos/files/gif.ts';
import { bareJpeg } from '../../apps/photos/files/jpeg.ts';
import { barePng } from '../../apps/photos/files/png.ts';
import { bareWebp } from '../../apps/photos/files/webp.ts';
import { sharpImages } from '../../apps/photos/sharp-images.ts';
import { wasmImages } from './jsquash.ts';
import { blackPng, crowdedFiles, smallJpeg, smallPng, textBomb } from './photo-files.ts';
import { imagesLaws } from './photo-laws.ts';

const { signal } = new AbortController();
const inspect = (bytes: Uint8Array) => sharpImages.inspect(bytes, signal);

describe('sharp', () => imagesLaws(sharpImages));
describe('jsquash', () => imagesLaws(wasmImages));

describe('what is in a file beside its image', () => {
  it('does not cost what it unpacks to, nor what it is made of', { timeout: 60_000 }, async () => {
    await inspect(await smallJpeg());
    const text = textBomb();
    const texts = { bytes: blackPng(10, 10, { more: Array.from({ length: 40 }, () => text) }) };
    const crowded = await crowdedFiles();
    for (const [name, { bytes }] of Object.entries({ texts, ...crowded })) {
      const before = process.cpuUsage();
      expect(await inspect(bytes), name).toMatchObject({ width: expect.any(Number) });
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1e6, name).toBeLessThan(1);
    }
    expect(barePng(texts.bytes).byteLength).toBeLessThan(200);
    const bareOf = (name: string, bare: (bytes: Uint8Array) => Uint8Array): number =>
      bare(crowded[name]?.bytes ?? Buffer.alloc(0)).byteLength;
    expect(bareOf('a GIF of frames', bareGif)).toBe(35);
    expect(bareOf('a WebP of frames', bareWebp)).toBeLessThan(200);
    expect(bareOf('a JPEG of segments', bareJpeg)).toBeLessThan(2_000);
  });

  it('is taken out, and nothing else', async () => {
    const png = blackPng(10, 10);
    expect(Buffer.from(barePng(png))).toEqual(png);
    const jpeg = await sharp(await smallJpeg())
      .withIccProfile('p3')
      .jpeg({ progressive: true })
      .toBuffer();
    expect(Buffer.from(bareJpeg(jpeg))).toEqual(jpeg);
    const gif = await sharp(png).gif().toBuffer();
    const pixels = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer();
    expect(await pixels(bareGif(gif))).toEqual(await pixels(gif));
    const webp = await sharp(await smallJpeg())
      .withMetadata({ orientation: 6 })
      .withIccProfile('p3')
      .webp()
      .toBuffer();
    expect(Buffer.from(bareWebp(webp))).toEqual(webp);
  });

  it.each([
    ['png', blackPng(10, 10), barePng],
    ['jpeg', undefined, bareJpeg],
    ['gif', undefined, bareGif],
    ['webp', undefined, bareWebp],
  ] as const)('is left out of a broken %s without harm', async (format, given, bare) => {
    const bytes =
      given ??
      (await sharp(await smallPng())
        .toFormat(format)
        .toBuffer());
    for (let cut = 0; cut < bytes.length; cut++) {
      // It says so, or the decoder does.
      const part = await Promise.resolve(bytes.subarray(0, cut))
        .then(bare)
        .catch((error: unknown) => error);
      if (part instanceof Uint8Array) expect(part.byteLength).toBeLessThanOrEqual(cut + 1);
      else expect(part).toMatchObject({ name: 'InvalidImage' });
    }
    for (let at = 8; at < bytes.length; at++) {
      const lying = Buffer.from(bytes);
      lying[at] = 0xff;
      await inspect(lying).catch((error: unknown) => expect(error).toMatchObject({ name: 'InvalidImage' }));
    }
  });
});

test('of an animation the first frame is taken', async () => {
  const frame = (background: string) => ({ create: { width: 8, height: 8, channels: 3 as const, background } });
  const frames = await Promise.all(['#ff0000', '#0000ff'].map((one) => sharp(frame(one)).png().toBuffer()));
  const gif = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [10, 10] })
    .toBuffer();
  expect((await sharp(gif, { animated: true }).metadata()).pages).toBe(2);
  expect(await inspect(gif)).toEqual({ type: 'image/gif', width: 8, height: 8 });
  const [red = 0, , blue = 0] = await sharp(
    (await sharpImages.render(gif, { type: 'image/webp', side: 100 }, signal)).bytes,
  )
    .raw()
    .toBuffer();
  expect([red > 200, blue < 60]).toEqual([true, true]);
});

test('WebAssembly takes no WebP that is animated', async () => {
  const frames = await Promise.all([blackPng(8, 8), smallPng()]);
  const webp = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer();
  await expect(wasmImages.inspect(webp, signal)).rejects.toThrow(/^this is animated/);
  expect(await inspect(webp)).toMatchObject({ type: 'image/webp' });
});
