import { type Panel, type Stretch, UNRESOLVED } from './panel.ts';
import { Queue } from './queue.ts';
import { Sum } from './sum.ts';

/** Which tolerance to meet: the larger of the two. */
export interface Tolerance {
  /** Relative to the value. */
  readonly relTol: number;
  readonly absTol: number;
}

/** All panels of a run and what they add up to. */
export class Pool {
  /** Panels worth dividing. */
  readonly queue = new Queue<Panel>();
  /** Panels too small to matter as long as there are larger ones; together they are within a tenth of the tolerance. */
  #small: Panel[] = [];
  /** What nobody will look at again: only the sums are kept. */
  readonly settled = { value: new Sum(), error: new Sum(), size: new Sum() };
  readonly #value = new Sum();
  readonly #error = new Sum();
  readonly #size = new Sum();
  readonly #tolerance: Tolerance;
  readonly #length: number;
  /** Panels of which nothing is known yet. */
  #unknown = 0;
  /** The tolerance as the value so far has it; 0 until everything was looked at. */
  allowed = 0;
  /** Whether a panel that cannot be divided further has no value. */
  hopeless = false;
  /** Whether that is because the integrand is undefined there. */
  hollow = false;

  constructor(tolerance: Tolerance, length: number) {
    this.#tolerance = tolerance;
    this.#length = length;
  }

  get known(): boolean {
    return this.#unknown === 0 && !this.hopeless;
  }

  met(): boolean {
    this.allowed = Math.max(this.#tolerance.absTol, this.#tolerance.relTol * Math.abs(this.#value.value));
    if (this.#unknown > 0) return false;
    const error = this.#error.value;
    return error <= this.allowed || isNothing(this.#value.value, error, this.#size.value);
  }

  /** What a panel may contribute to the error without being worth a look. */
  share({ from, to }: Stretch): number {
    return (0.1 * this.allowed * (to - from)) / this.#length;
  }

  add(one: Panel): void {
    this.#count(one, 1);
    if (!one.final) {
      if (one.error > this.share(one)) this.queue.push(one);
      else this.#small.push(one);
      return;
    }
    this.#settle(one);
    if (one.holes > 0) this.hollow = true;
    if (one.error === Infinity) this.hopeless = true;
  }

  /** Adds a panel that is good enough for good. */
  close(one: Panel): void {
    this.#count(one, 1);
    this.#settle(one);
  }

  remove(one: Panel): void {
    this.#count(one, -1);
  }

  /** Takes the most urgent panel; where no large one is left, small ones come into question. */
  pop(): Panel | undefined {
    if (this.queue.size === 0) for (const one of this.#small.splice(0)) this.queue.push(one);
    const worst = this.queue.pop();
    if (worst === undefined) return undefined;
    // What can still be improved may be nothing beside what cannot.
    const stuck = this.settled.error.value;
    if (stuck > this.allowed && worst.error < 1e-3 * stuck) {
      this.queue.push(worst);
      return undefined;
    }
    this.remove(worst);
    return worst;
  }

  /** The end: all sums, added up afresh. */
  settle(): { value: number; error: number; size: number } {
    for (const one of this.queue.empty()) this.#settle(one);
    for (const one of this.#small.splice(0)) this.#settle(one);
    const { value, error, size } = this.settled;
    return { value: value.value, error: error.value, size: size.value };
  }

  #count(one: Panel, sign: 1 | -1): void {
    if (one.error === Infinity) this.#unknown += sign;
    else this.#error.add(sign * one.error);
    this.#value.add(sign * one.value);
    this.#size.add(sign * one.size);
  }

  #settle(one: Panel): void {
    this.settled.value.add(one.value);
    this.settled.error.add(one.error);
    this.settled.size.add(one.size);
  }
}

/** A panel whose rules have hardly begun to converge. */
export function unresolved(one: Panel): boolean {
  return one.error > UNRESOLVED * one.size;
}

/** Whether an integral is 0 as far as doubles can tell: its positive and negative parts cancel but for rounding. */
export function isNothing(value: number, error: number, size: number): boolean {
  return Math.abs(value) <= error && error <= 5e-14 * size;
}
