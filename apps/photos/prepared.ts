import { bareGif } from './files/gif.ts';
import { bareJpeg } from './files/jpeg.ts';
import { barePng } from './files/png.ts';
import { bareWebp } from './files/webp.ts';
import { type ImageCapabilities, type ImageType, invalidImage, namesOf, sniffed, tooLargeImage } from './images.ts';

const BARE: Readonly<Record<ImageType, (bytes: Uint8Array) => Uint8Array>> = {
  'image/jpeg': bareJpeg,
  'image/png': barePng,
  'image/webp': bareWebp,
  'image/gif': bareGif,
};

/**
 * What an implementation begins with, whatever its library is: says what a file is, and leaves out of it what no image needs and
 * what would cost a decoder time or memory before it has seen a pixel.
 *
 * @throws `InvalidImage`
 */
export function prepared<T extends ImageType>(
  bytes: Uint8Array,
  { reads }: { readonly reads: readonly T[] },
): { readonly type: T; readonly bytes: Uint8Array } {
  const found = sniffed(bytes);
  const type = reads.find((one) => one === found);
  if (type === undefined) throw invalidImage(`this is no ${namesOf(reads)}, whatever its name says`);
  return { type, bytes: BARE[type](bytes) };
}

/**
 * @param whole bytes that each pixel takes where the image has to be in memory as a whole; 0 where it is read row by row.
 * @throws `InvalidImage`
 */
export function requireSize(
  { width, height }: { readonly width: number; readonly height: number },
  { pixels, side, wholeBytes }: ImageCapabilities,
  whole: number,
): void {
  if (width * height > pixels) throw tooLargeImage(pixels);
  if (Math.max(width, height) > side)
    throw invalidImage(`this is too large: at most ${side.toLocaleString('en')} pixels a side`);
  if (width * height * whole > wholeBytes)
    throw tooLargeImage(wholeBytes / whole, ' where it is progressive, interlaced, WebP or GIF');
}
