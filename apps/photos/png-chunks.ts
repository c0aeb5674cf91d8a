import { sniffed } from './images.ts';

/** Bytes around the data of a chunk: its length and name before it, its checksum behind. */
const AROUND = 12;
/** Optional chunks that say how pixels look. */
const LOOKS = ['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'eXIf'];

/**
 * A PNG without its texts and times, and without what comes after its end; anything else as it is.
 *
 * A text of a few kilobytes may unpack to hundreds of megabytes, and a decoder unpacks each of them before it looks at a pixel:
 * https://www.w3.org/TR/png-3/#11textinfo
 */
export function withoutText(bytes: Uint8Array): Uint8Array {
  if (sniffed(bytes) !== 'image/png') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at + AROUND <= bytes.byteLength; ) {
    const end = at + AROUND + view.getUint32(at);
    // Cut off in the middle: for the decoder to say.
    if (end > bytes.byteLength) return bytes;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (/^[A-Z]/.test(name) || LOOKS.includes(name)) kept.push(bytes.subarray(at, end));
    if (name === 'IEND') return joined(kept);
    at = end;
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
