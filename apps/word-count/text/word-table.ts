import { fnv1a } from './bytes.ts';

/** Bytes that an entry takes beside its word. */
const ENTRY = 28;

/**
 * Words and their counts, as bytes: nothing is decoded, so a word is counted as it stands in the text, and the memory that
 * a table takes is known.
 *
 * The token that is being read lies behind the last word, so one that spans chunks needs no care of its own.
 */
export class WordTable {
  #text = new Uint8Array(1 << 16);
  /** Where the words end and the token begins. */
  #end = 0;
  #tail = 0;
  #size = 0;
  #starts = new Uint32Array(1 << 10);
  #hashes = new Uint32Array(1 << 10);
  #counts = new Float64Array(1 << 10);
  /** Entry numbers + 1; 0 is free. A power of two, at most half full. */
  #slots = new Uint32Array(1 << 11);

  /** Distinct words. */
  get size(): number {
    return this.#size;
  }

  /** Bytes, roughly. */
  get memory(): number {
    return this.#tail + this.#size * ENTRY;
  }

  /** Adds a byte to the token. */
  push(byte: number): void {
    if (this.#tail === this.#text.length) this.#reserve(1);
    this.#text[this.#tail++] = byte;
  }

  /** Adds the bytes `[from, to)` to the token. */
  append(bytes: Uint8Array, from: number, to: number): void {
    if (this.#tail + to - from > this.#text.length) this.#reserve(to - from);
    const text = this.#text;
    let tail = this.#tail;
    for (let i = from; i < to; i++) text[tail++] = bytes[i]!;
    this.#tail = tail;
  }

  /** Ends the token and counts it, unless it is empty. */
  commit(): void {
    const length = this.#tail - this.#end;
    if (length === 0) return;
    const hash = fnv1a(this.#text, this.#end, this.#tail);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hashes[entry - 1] === hash && this.#isToken(entry - 1, length)) {
        this.#counts[entry - 1]!++;
        this.#tail = this.#end;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#add(slot, hash);
  }

  /** Takes the token's bytes back: a view that holds until the next `commit`, or as many `push`es as it has bytes. */
  take(): Uint8Array {
    const token = this.#text.subarray(this.#end, this.#tail);
    this.#tail = this.#end;
    return token;
  }

  /** Entry numbers in the order of the words' bytes. */
  sorted(): Uint32Array {
    const text = this.#text;
    const starts = this.#starts;
    const ends = (entry: number): number => (entry + 1 < this.#size ? starts[entry + 1]! : this.#end);
    return Uint32Array.from({ length: this.#size }, (_, entry) => entry).sort((a, b) => {
      let i = starts[a]!;
      let j = starts[b]!;
      const aEnd = ends(a);
      const bEnd = ends(b);
      for (; i < aEnd && j < bEnd; i++, j++) if (text[i] !== text[j]) return text[i]! - text[j]!;
      return aEnd - i - (bEnd - j);
    });
  }

  /** Words, repeats included. */
  total(): number {
    let total = 0;
    for (let entry = 0; entry < this.#size; entry++) total += this.#counts[entry]!;
    return total;
  }

  word(entry: number): Uint8Array {
    return this.#text.subarray(this.#starts[entry]!, entry + 1 < this.#size ? this.#starts[entry + 1]! : this.#end);
  }

  count(entry: number): number {
    return this.#counts[entry]!;
  }

  hash(entry: number): number {
    return this.#hashes[entry]!;
  }

  /** Forgets all words; the token stays. */
  clear(): void {
    this.#text.copyWithin(0, this.#end, this.#tail);
    this.#tail -= this.#end;
    this.#end = 0;
    this.#size = 0;
    this.#slots.fill(0);
  }

  #reserve(more: number): void {
    this.#text = grown(this.#text, new Uint8Array(Math.max(this.#text.length * 2, this.#tail + more)));
  }

  #isToken(entry: number, length: number): boolean {
    const start = this.#starts[entry]!;
    const end = entry + 1 < this.#size ? this.#starts[entry + 1]! : this.#end;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#text[start + i] !== this.#text[this.#end + i]) return false;
    return true;
  }

  #add(slot: number, hash: number): void {
    if (this.#size === this.#starts.length) this.#enlarge();
    const entry = this.#size++;
    this.#starts[entry] = this.#end;
    this.#hashes[entry] = hash;
    this.#counts[entry] = 1;
    this.#slots[slot] = entry + 1;
    this.#end = this.#tail;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
  }

  #enlarge(): void {
    const length = this.#starts.length * 2;
    this.#starts = grown(this.#starts, new Uint32Array(length));
    this.#hashes = grown(this.#hashes, new Uint32Array(length));
    this.#counts = grown(this.#counts, new Float64Array(length));
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = this.#hashes[entry]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = entry + 1;
    }
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
