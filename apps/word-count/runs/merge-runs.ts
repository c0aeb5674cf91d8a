import { compareBytes } from '../text/bytes.ts';
import type { Cursor } from './cursor.ts';
import { Lines } from './lines.ts';

const BLOCK = 65_536;

/**
 * Merges sorted runs into one, adding up the counts of a word: blocks of lines, sorted by the words' bytes.
 *
 * @param seen called for each word, in order; the bytes are not to be changed.
 */
export async function* mergeRuns(
  cursors: readonly Cursor[],
  seen: (word: Uint8Array, count: number) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const heap = [...cursors];
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  const lines = new Lines();
  while (heap[0] !== undefined) {
    const { word } = heap[0];
    let count = 0;
    for (
      let top: Cursor | undefined = heap[0];
      top !== undefined && compareBytes(top.word, word) === 0;
      top = heap[0]
    ) {
      count += top.count;
      if (!top.next() && !(await top.fill())) {
        const last = heap.pop();
        if (heap.length > 0 && last !== undefined) heap[0] = last;
      }
      sink(heap, 0);
    }
    seen(word, count);
    lines.add(word, count);
    if (lines.length >= BLOCK) yield lines.take();
  }
  if (lines.length > 0) yield lines.take();
}

/** Moves a cursor of a binary heap down until none below it comes first. */
function sink(heap: Cursor[], from: number): void {
  const moved = heap[from];
  if (moved === undefined) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && compareBytes(right.word, left.word) < 0) child++;
    const least = heap[child] as Cursor;
    if (compareBytes(moved.word, least.word) <= 0) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = moved;
}
