import { damagedImage } from '../images.ts';
import { kept, numberOf, viewOf } from './kept.ts';

/** Bytes around the data of a chunk: its length and name before it, its checksum behind. */
const AROUND = 12;
/** Optional chunks that say how pixels look. */
const LOOKS: ReadonlySet<number> = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'eXIf'].map(numberOf));
const END = numberOf('IEND');

/**
 * A PNG without its texts and times, and without what comes after its end.
 *
 * A text of a few kilobytes may unpack to hundreds of megabytes, and a decoder unpacks each of them before it looks at a pixel:
 * https://www.w3.org/TR/png-3/#11textinfo
 *
 * @throws `InvalidImage` where its chunks do not come to an end.
 */
export function barePng(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const file = kept(bytes);
  file.keep(0, 8);
  for (let at = 8; at + AROUND <= bytes.byteLength; ) {
    const end = at + AROUND + view.getUint32(at);
    if (end > bytes.byteLength) break;
    const name = view.getUint32(at + 4);
    if (isCritical(name) || LOOKS.has(name)) file.keep(at, end);
    if (name === END) return file.whole();
    at = end;
  }
  throw damagedImage();
}

/** Its first letter is a capital one. */
function isCritical(name: number): boolean {
  return ((name >>> 24) & 0x20) === 0;
}

/**
 * For decoders that do not look at them.
 *
 * @throws `InvalidImage` where one chunk is not what it was when it was written.
 */
export function requireChecksums(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  for (let at = 8; at < bytes.byteLength; ) {
    const end = at + AROUND + view.getUint32(at);
    if (checksumOf(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) throw damagedImage();
    at = end;
  }
}

/** CRC-32, eight steps of one bit for each byte: https://www.w3.org/TR/png-3/#D-CRCAppendix */
const STEPS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 1 ? 0xedb88320 : 0);
  return rest;
});

function checksumOf(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ STEPS[(rest ^ byte) & 255]!;
  return (rest ^ 0xffffffff) >>> 0;
}
