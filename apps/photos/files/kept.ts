/** Bytes that are faster copied one by one than seen as an array of their own. */
const FEW = 64;

/**
 * Parts of a file, in their order, in the place of the whole. A file may have millions of them, so that none gets an object of its
 * own; and most files are kept as they are, so that they are not copied.
 */
export function kept(bytes: Uint8Array) {
  let copy: Uint8Array | undefined;
  let length = 0;
  /** The copy, with room for so many bytes more. It grows: what is left of a hostile file is mostly little. */
  const withRoom = (more: number): Uint8Array => {
    const wanted = length + more;
    if (copy !== undefined && copy.byteLength >= wanted) return copy;
    const before = (copy ?? bytes).subarray(0, length);
    copy = new Uint8Array(Math.max(wanted, 2 * length));
    copy.set(before);
    return copy;
  };
  return {
    /** Keeps what is from one place up to another, behind all that was kept before. */
    keep(from: number, to: number): void {
      if (copy !== undefined || from !== length) {
        const into = withRoom(to - from);
        if (to - from > FEW) into.set(bytes.subarray(from, to), length);
        else for (let at = from; at < to; at++) into[length + at - from] = bytes[at]!;
      }
      length += to - from;
    },
    append(byte: number): void {
      withRoom(1)[length++] = byte;
    },
    /** Maybe a part of the file itself: not to be written to. */
    whole: (): Uint8Array => (copy ?? bytes).subarray(0, length),
  };
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Four letters as the number that they are in a file, the first one on top. */
export function numberOf(name: string): number {
  return [...name].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
}
