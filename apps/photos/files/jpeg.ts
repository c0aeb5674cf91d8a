import { damagedImage, invalidImage } from '../images.ts';
import { kept, viewOf } from './kept.ts';

/** Scans of one image: encoders make three to fifteen, and a decoder goes through the whole image for each. */
const MOST_SCANS = 64;
/** Segments that say how the image looks, by their codes: JFIF, EXIF, the parts of a colour profile, Adobe's colours. */
const LOOKS: ReadonlyMap<number, string> = new Map([
  [0xe0, 'JFIF\0'],
  [0xe1, 'Exif\0\0'],
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe'],
]);
/** A profile has at most 255 parts. */
const MOST_LOOKS = 260;
const COMMENT = 0xfe;
const SCAN = 0xda;
const END = 0xd9;

/**
 * A JPEG without comments and what applications say in it, and without what comes after its end.
 *
 * A file of 20 MB may have millions of such segments, which a decoder gathers before it looks at a pixel; or thousands of scans.
 * Markers: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1.1
 *
 * @throws `InvalidImage`
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const file = kept(bytes);
  let scans = 0;
  let looks = 0;
  let from = 0;
  for (let at = 2; ; ) {
    // A call for each of millions would take longer than all the rest.
    const marker = bytes[at] === 0xff ? at : bytes.indexOf(0xff, at);
    at = marker + 1;
    while (bytes[at] === 0xff) at++;
    const code = bytes[at++];
    // Without an end: for the decoder to say.
    if (marker === -1 || code === undefined) return ended(bytes.byteLength);
    if (code === END) return ended(at);
    if (isBare(code)) continue;
    if (at + 2 > bytes.byteLength) throw damagedImage();
    const end = at + view.getUint16(at);
    if (end < at + 2 || end > bytes.byteLength) throw damagedImage();
    if (code === SCAN && ++scans > MOST_SCANS)
      throw invalidImage(`this is a JPEG of too many scans: at most ${MOST_SCANS}`);
    if (isTalk(code) && !(isLook(bytes, code, at + 2) && ++looks <= MOST_LOOKS)) {
      file.keep(from, marker);
      from = end;
    }
    at = end;
  }

  function ended(at: number): Uint8Array {
    file.keep(from, at);
    return file.whole();
  }
}

/** A byte of the pixels that looks like a marker, or a marker without a segment. */
function isBare(code: number): boolean {
  return code <= 0x01 || (code >= 0xd0 && code <= 0xd8);
}

function isTalk(code: number): boolean {
  return code === COMMENT || (code >= 0xe0 && code <= 0xef);
}

function isLook(bytes: Uint8Array, code: number, at: number): boolean {
  const name = LOOKS.get(code);
  return name !== undefined && [...name].every((letter, n) => bytes[at + n] === letter.charCodeAt(0));
}
