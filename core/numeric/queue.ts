/** Something with an urgency of 0 to Infinity: the queue gives an urgent one first. */
export interface Urgent {
  readonly urgency: number;
}

const LOWEST = -1075;
const HIGHEST = 1024;

/**
 * A priority queue with one stack for each power of two: what comes out is at least half as urgent as the most urgent.
 *
 * An integral with a million panels spends more time in a binary heap than in its integrand; a stack also keeps to the
 * neighbourhood it was in. The order depends on the pushes alone.
 */
export class Queue<T extends Urgent> {
  readonly #stacks = new Map<number, T[]>();
  #top = LOWEST;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    const level = Math.min(HIGHEST, Math.max(LOWEST, Math.floor(Math.log2(item.urgency))));
    const stack = this.#stacks.get(level);
    if (stack === undefined) this.#stacks.set(level, [item]);
    else stack.push(item);
    this.#size += 1;
    if (level > this.#top) this.#top = level;
  }

  pop(): T | undefined {
    if (this.#size === 0) return undefined;
    for (;;) {
      const item = this.#stacks.get(this.#top)?.pop();
      if (item === undefined) this.#top -= 1;
      else {
        this.#size -= 1;
        return item;
      }
    }
  }

  /** Takes everything out, the most urgent first. */
  empty(): T[] {
    const all: T[] = [];
    for (let item = this.pop(); item !== undefined; item = this.pop()) all.push(item);
    return all;
  }
}
