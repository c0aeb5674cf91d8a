/** Reads the bytes `[from, to)` of an object. */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

/** Bytes that are held at once. */
const WINDOW = 1_048_576;
const LF = 0x0a;

/**
 * The text of the lines that start in `[from, to)`, in chunks of at most `window` bytes.
 *
 * It begins after the first line feed from `from - 1` on, and goes on behind `to` until its last line ends; so neighbours
 * share no line and miss none, wherever the borders lie.
 *
 * @param size bytes of the whole object.
 */
export async function* ownLines(
  read: ReadRange,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
  window = WINDOW,
): AsyncGenerator<Uint8Array, void, undefined> {
  let inside = from === 0;
  let at = Math.max(0, from - 1);
  while (at < size) {
    // The bytes behind `to` are read only where the last line goes on there.
    const chunk = await read(at, Math.min(at + window, at < to ? to : size));
    if (chunk.length === 0) throw new Error(`an object of ${size} bytes ended at ${at}`);
    let start = 0;
    if (!inside) {
      start = chunk.indexOf(LF) + 1;
      inside = start > 0;
      // A line that starts at `to` is the next one's.
      if (at + (inside ? start : chunk.length) >= to) return;
    }
    const last = inside ? chunk.indexOf(LF, Math.max(start, to - 1 - at)) : -1;
    if (inside) yield chunk.subarray(start, last < 0 ? chunk.length : last + 1);
    if (last >= 0) return;
    at += chunk.length;
  }
}
