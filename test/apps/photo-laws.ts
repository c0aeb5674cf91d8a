import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { type Images, sniffed } from '../../apps/photos/images.ts';
import { fixture } from '../support/fixtures.ts';
import { hostileFiles, NO_IMAGE, smallJpeg, smallPng } from './photo-files.ts';

const { signal } = new AbortController();
const list = fixture('images/pngsuite-expected.jsonl');
const turned = fixture('images/exif-orientation/Landscape_1.jpg');
const missing = (file: string | undefined, title: string) =>
  file === undefined ? `SKIPPED ${title}: no fixtures` : title;

/** What every implementation of the port does. */
export function imagesLaws(images: Images): void {
  const inspect = (bytes: Uint8Array) => images.inspect(bytes, signal);
  const render = (bytes: Uint8Array, type: 'image/jpeg' | 'image/webp' = 'image/webp', side = 100) =>
    images.render(bytes, { type, side }, signal);
  const isRead = (bytes: Uint8Array): boolean => {
    const type = sniffed(bytes);
    return type !== undefined && images.capabilities.reads.includes(type);
  };

  describe.skipIf(list === undefined)(missing(list, 'pngsuite'), () => {
    interface Expected {
      readonly file: string;
      readonly expect: 'accept' | 'reject';
      readonly width: number;
      readonly height: number;
    }
    const cases =
      list === undefined
        ? []
        : readFileSync(list, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Expected);
    const read = (file: string): Buffer => readFileSync(fixture(`images/pngsuite/${file}`)!);

    test('14 corrupt files are refused, all others have their size', async () => {
      const refused: string[] = [];
      for (const { file, expect: wanted, width, height } of cases)
        if (wanted === 'accept') {
          expect(await inspect(read(file)), file).toEqual({ type: 'image/png', width, height });
          for (const type of ['image/jpeg', 'image/webp'] as const)
            expect((await render(read(file), type)).width).toBeGreaterThan(0);
        } else {
          await expect(inspect(read(file)), file).rejects.toMatchObject({ name: 'InvalidImage' });
          refused.push(file);
        }
      expect([refused.length, cases.length]).toEqual([14, 175]);
    });

    test('a transparent PNG stays so as WebP, and is white as JPEG', async () => {
      const clear = await sharp({ create: { width: 9, height: 9, channels: 4, background: '#ff000000' } })
        .png()
        .toBuffer();
      const pixel = async (bytes: Uint8Array) => [...(await sharp(bytes).raw().toBuffer()).subarray(0, 4)];
      expect((await pixel((await render(clear)).bytes))[3]).toBe(0);
      expect((await pixel((await render(clear, 'image/jpeg')).bytes)).slice(0, 3)).toEqual([255, 255, 255]);
    });
  });

  describe.skipIf(turned === undefined)(missing(turned, 'EXIF orientations'), () => {
    test('all eight look alike, and say nothing of a camera', async () => {
      const looks: Buffer[] = [];
      for (let n = 1; n <= 8; n++) {
        const bytes = readFileSync(fixture(`images/exif-orientation/Landscape_${n}.jpg`)!);
        expect(await inspect(bytes)).toEqual({ type: 'image/jpeg', width: 600, height: 450 });
        const made = await render(bytes, 'image/jpeg', 200);
        expect([made.width, made.height]).toEqual([200, 150]);
        const { exif, orientation, icc, xmp, iptc } = await sharp(made.bytes).metadata();
        expect([exif, orientation, icc, xmp, iptc]).toEqual(Array.from({ length: 5 }));
        looks.push(await sharp(made.bytes).raw().toBuffer());
      }
      const [first] = looks as [Buffer];
      for (const look of looks) {
        const apart = look.reduce((sum, value, at) => sum + Math.abs(value - first[at]!), 0) / look.length;
        // They were compressed one by one, and all but the first have a profile.
        expect(apart).toBeLessThan(images.capabilities.profiles ? 6 : 16);
      }
    });
  });

  describe('hostile files', () => {
    let files: Awaited<ReturnType<typeof hostileFiles>>;
    beforeAll(async () => {
      files = await hostileFiles();
    }, 60_000);

    test('are refused with a reason, in less than a second of work each', async () => {
      await inspect(await smallJpeg());
      for (const [name, { bytes, reason }] of Object.entries(files)) {
        const before = process.cpuUsage();
        await expect(inspect(bytes), name).rejects.toMatchObject({
          name: 'InvalidImage',
          message: expect.stringMatching(isRead(bytes) ? reason : NO_IMAGE),
        });
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1e6, name).toBeLessThan(1);
      }
    });
  });

  describe('what is in a file beside its image', () => {
    const HTML = '<!doctype html><script>alert(document.domain)</script>';

    it('is left out: a page behind it, texts, places', async () => {
      const gps = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 30/1' } };
      const told = await sharp(await smallJpeg())
        .withExif({ IFD0: { Copyright: 'somebody' }, ...gps })
        .jpeg()
        .toBuffer();
      const text = Buffer.from('tEXtComment');
      const png = await smallPng();
      const sources = [
        told,
        png,
        await sharp(png).webp().toBuffer(),
        await sharp(png).gif().toBuffer(),
        Buffer.concat([png, text]),
      ];
      for (const source of sources) {
        if (!isRead(source)) continue;
        const polyglot = Buffer.concat([source, Buffer.from(HTML)]);
        expect(await inspect(polyglot)).toMatchObject({ width: 64, height: 48 });
        for (const type of ['image/jpeg', 'image/webp'] as const) {
          const { bytes } = await render(polyglot, type);
          expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/script|Copyright|somebody|Comment|GPS/i);
        }
      }
    });
  });

  test('a small image is not blown up', async () => {
    expect(await render(await smallJpeg(), 'image/webp', 1600)).toMatchObject({
      width: 64,
      height: 48,
      type: 'image/webp',
    });
  });

  test('who was aborted decodes nothing', async () => {
    const gone = AbortSignal.abort(new Error('stop'));
    await expect(images.inspect(await smallJpeg(), gone)).rejects.toThrow('stop');
  });
}
