import { damagedImage } from '../images.ts';
import { kept } from './kept.ts';

const EXTENSION = 0x21;
const CONTROL = 0xf9;
const IMAGE = 0x2c;
const END = 0x3b;

/**
 * A GIF with its first frame alone.
 *
 * A decoder looks for all frames first, and a file of 20 MB may have more than a million: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 *
 * @throws `InvalidImage` where there is no whole frame.
 */
export function bareGif(bytes: Uint8Array): Uint8Array {
  const file = kept(bytes);
  let at = 13 + coloursOf(bytes[10]);
  file.keep(0, at);
  /** What says which colour of the next frame is transparent. */
  let control: readonly [from: number, to: number] = [at, at];
  for (;;) {
    if (bytes[at] === EXTENSION) {
      const end = afterBlocks(bytes, at + 2);
      if (bytes[at + 1] === CONTROL) control = [at, end];
      at = end;
    } else if (bytes[at] === IMAGE) {
      const end = afterBlocks(bytes, at + 11 + coloursOf(bytes[at + 9]));
      file.keep(...control);
      file.keep(at, end);
      if (bytes[end] === END) file.keep(end, end + 1);
      else file.append(END);
      return file.whole();
    } else throw damagedImage();
  }
}

/** Bytes of the table of colours that the flags before it tell of. */
function coloursOf(flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

/** Each block has its length before it; one of no bytes is the last. */
function afterBlocks(bytes: Uint8Array, at: number): number {
  for (;;) {
    const length = bytes[at];
    if (length === undefined) throw damagedImage();
    at += 1 + length;
    if (length === 0) return at;
  }
}
