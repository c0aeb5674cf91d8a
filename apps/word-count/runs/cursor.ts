import { type BucketReader, Failure } from 'skein';
import { lineAt } from './lines.ts';

/** Reads a sorted run line by line, a window of its bytes at a time, so that no connection stays open meanwhile. */
export class Cursor {
  word: Uint8Array = new Uint8Array(0);
  count = 0;
  /** Bytes of the whole run. */
  size = Number.POSITIVE_INFINITY;
  readonly #bucket: BucketReader;
  readonly #key: string;
  readonly #window: number;
  #held: Uint8Array = new Uint8Array(0);
  #at = 0;
  #read = 0;

  private constructor(bucket: BucketReader, key: string, window: number) {
    this.#bucket = bucket;
    this.#key = key;
    this.#window = window;
  }

  /**
   * Opens a run at its first line.
   *
   * @param window bytes to read at once; more where one line has more.
   * @returns undefined where the run has no lines.
   * @throws `RunLost` where it is not there.
   */
  static async open(bucket: BucketReader, key: string, window: number): Promise<Cursor | undefined> {
    const cursor = new Cursor(bucket, key, window);
    return (await cursor.fill()) ? cursor : undefined;
  }

  /** Goes to the next line where it is in memory; else `fill` knows whether there is one. */
  next(): boolean {
    const line = lineAt(this.#held, this.#at);
    if (line === undefined) return false;
    this.word = line.word;
    this.count = line.count;
    this.#at = line.end;
    return true;
  }

  /** Reads on and goes to the next line; false at the end. */
  async fill(): Promise<boolean> {
    for (let window = this.#window; this.#read < this.size; window *= 2) {
      const object = await this.#bucket.get(this.#key, { from: this.#read, to: this.#read + window });
      if (object === undefined) throw lost(`nothing is kept under ${this.#key}`);
      const bytes = await object.bytes();
      if (bytes.length === 0 && object.size > 0) throw lost(`${this.#key} is cut short`);
      this.size = object.size;
      // A copy, never in place: the words that were handed out are views of the old one.
      const joined = new Uint8Array(this.#held.length - this.#at + bytes.length);
      joined.set(this.#held.subarray(this.#at));
      joined.set(bytes, this.#held.length - this.#at);
      this.#held = joined;
      this.#at = 0;
      this.#read += bytes.length;
      if (this.next()) return true;
    }
    return false;
  }
}

function lost(message: string): Failure {
  return new Failure({ name: 'RunLost', message });
}
