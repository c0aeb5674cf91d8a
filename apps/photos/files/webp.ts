import { damagedImage } from '../images.ts';
import { kept, numberOf, viewOf } from './kept.ts';

/** Chunks that say how the image looks, once each: of frames the first. */
const LOOKS: ReadonlySet<number> = new Set(
  ['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L', 'EXIF'].map(numberOf),
);

/**
 * A WebP with its first frame alone.
 *
 * A decoder gathers all frames first, in a time that grows with the square of their number, and a file of 20 MB may have 400,000:
 * https://developers.google.com/speed/webp/docs/riff_container
 *
 * @throws `InvalidImage` where its chunks do not come to an end.
 */
export function bareWebp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const file = kept(bytes);
  file.keep(0, 12);
  const seen = new Set<number>();
  const whole = bytes.byteLength < 12 ? Number.POSITIVE_INFINITY : 8 + view.getUint32(4, true);
  if (whole > bytes.byteLength) throw damagedImage();
  for (let at = 12; at < whole; ) {
    if (at + 8 > whole) throw damagedImage();
    const name = view.getUint32(at);
    const size = view.getUint32(at + 4, true);
    if (at + 8 + size > whole) throw damagedImage();
    const end = Math.min(at + 8 + size + (size % 2), whole);
    if (LOOKS.has(name) && !seen.has(name)) file.keep(at, end);
    if (LOOKS.has(name)) seen.add(name);
    at = end;
  }
  const left = file.whole();
  if (left.byteLength === whole) return left;
  const bare = left.slice();
  viewOf(bare).setUint32(4, bare.byteLength - 8, true);
  return bare;
}
