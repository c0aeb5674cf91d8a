const TAB = 0x09;
const LF = 0x0a;

/** Writes `word<TAB>count<LF>` into memory. */
export class Lines {
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(word: Uint8Array, count: number): void {
    const digits = String(count);
    this.#reserve(word.length + digits.length + 2);
    this.#bytes.set(word, this.#length);
    this.#length += word.length;
    this.#bytes[this.#length++] = TAB;
    for (let i = 0; i < digits.length; i++) this.#bytes[this.#length++] = digits.charCodeAt(i);
    this.#bytes[this.#length++] = LF;
  }

  /** The lines so far; the next ones go into memory of their own. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(256, this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Where a line ends in `bytes`, from `from` on, and what it says; undefined where it is not all there. */
export function lineAt(bytes: Uint8Array, from: number): { word: Uint8Array; count: number; end: number } | undefined {
  const end = bytes.indexOf(LF, from);
  if (end < 0) return undefined;
  const tab = bytes.lastIndexOf(TAB, end);
  let count = 0;
  for (let i = tab + 1; i < end; i++) count = count * 10 + bytes[i]! - 0x30;
  return { word: bytes.subarray(from, tab), count, end: end + 1 };
}
