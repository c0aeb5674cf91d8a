import { compareBytes } from '../text/bytes.ts';

/** A word, cut where it is long and fit to be shown, and its count. */
export type TopWord = [word: string, count: number];

const MOST = 20;
/** Characters of a word that are kept: 64 reducers' lists of 20 stay far below 256 KiB. */
const SHOWN = 40;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Keeps the most frequent of the words that it is shown; of equal counts those that come first as they are shown. It orders by
 * nothing else, so that the same words are kept however they were dealt to reducers.
 */
export class TopWords {
  readonly #kept: TopWord[] = [];

  see(word: Uint8Array, count: number): void {
    if (count >= (this.#kept[MOST - 1]?.[1] ?? 0)) this.#insert([shown(word), count]);
  }

  list(): TopWord[] {
    return this.#kept;
  }

  #insert(entry: TopWord): void {
    const after = this.#kept.findIndex((kept) => compare(entry, kept) < 0);
    this.#kept.splice(after < 0 ? this.#kept.length : after, 0, entry);
    if (this.#kept.length > MOST) this.#kept.pop();
  }
}

/** The first of several lists. */
export function topOf(lists: readonly TopWord[][]): TopWord[] {
  return lists.flat().sort(compare).slice(0, MOST);
}

function compare([a, aCount]: TopWord, [b, bCount]: TopWord): number {
  return bCount - aCount || compareBytes(encoder.encode(a), encoder.encode(b));
}

function shown(word: Uint8Array): string {
  const text = decoder.decode(word.subarray(0, SHOWN * 4)).replace(/\p{Cc}/gu, '\ufffd');
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1).toWellFormed()}…`;
}
