import { type Chart, charts } from './chart.ts';
import { Cutter, DIVISION } from './cutter.ts';
import { diverges, GLANCES } from './diverges.ts';
import type { Integrand } from './fixed.ts';
import { frames, type Panel } from './panel.ts';
import { Pool, type Tolerance, unresolved } from './pool.ts';
import { Queue } from './queue.ts';

export interface Goal extends Tolerance {
  /** Evaluations after the first look at every chart. */
  readonly budget: number;
}

/** What one run of the adaptive rule found out. */
export interface Finding {
  readonly value: number;
  readonly error: number;
  /** The integral of |f|: what rounding errors are relative to. */
  readonly size: number;
  readonly evaluations: number;
  /** Places where a new start with break points would do better, in x. */
  readonly suspects: readonly number[];
}

/** Panels that are not understood are looked into even where they seem not to matter: this often, and this many at most. */
const ROUNDS = 8;
const LOOKS = 200;
/** A panel that so many divisions in a row have not improved is as good as the integrand's own noise allows. */
const STALE = 6;
/** More large panels than this are not refined worst first but one by one, each with so many divisions at most. */
const CROWD = 20_000;
const TRIES = 20_000;

/**
 * Globally adaptive integration over charts: the panel with the largest error is divided first.
 *
 * After R. Piessens et al., QUADPACK (1983), https://doi.org/10.1007/978-3-642-61786-7, with other error estimates.
 */
export function adapt(fn: Integrand, a: number, b: number, breakpoints: readonly number[], goal: Goal): Finding {
  const run = new Run(charts(fn, a, b, breakpoints), goal);
  run.look();
  run.refine();
  return run.finding();
}

class Run {
  readonly #charts: readonly Chart[];
  readonly #pool: Pool;
  readonly #cutter: Cutter;
  readonly #budget: number;
  #looked = 0;
  #crowded = false;

  constructor(of: readonly Chart[], goal: Goal) {
    this.#charts = of;
    this.#budget = goal.budget;
    this.#pool = new Pool(
      goal,
      of.reduce((total, chart) => total + chart.length, 0),
    );
    this.#cutter = new Cutter(this.#pool);
  }

  /** The first panels, and a closer look at those that are not understood: a narrow peak may show as a trace only. */
  look(): void {
    const pool = this.#pool;
    const cutter = this.#cutter;
    let looked: Panel[] = [];
    for (const chart of this.#charts) {
      cutter.evaluations += chart.edges.length + (chart.inverted ? 0 : 1);
      for (const frame of frames(chart)) looked.push(cutter.measure(frame));
    }
    let looks = 0;
    for (let round = 0; round < ROUNDS && looks < LOOKS; round++) {
      const next: Panel[] = [];
      for (const one of looked) {
        if (one.final || one.from === 0 || !unresolved(one) || looks >= LOOKS) pool.add(one);
        else {
          looks += 1;
          next.push(...cutter.divide(one));
        }
      }
      looked = next;
    }
    for (const one of looked) pool.add(one);
    this.#looked = cutter.evaluations;
  }

  /** Divides the worst panel until the goal is met, the budget is spent or nothing can be improved. */
  refine(): void {
    const pool = this.#pool;
    while (!pool.met() && !pool.hopeless && this.#affordable()) {
      if (pool.queue.size > CROWD && !this.#crowded) this.#thin();
      const worst = pool.pop();
      if (worst === undefined) break;
      const children = this.#cutter.divide(worst);
      let error = 0;
      for (const child of children) error += child.error;
      const improved = !(error >= 0.75 * worst.error) || worst.error > 1e-3 * worst.size || worst.from === 0;
      // A sliver cut off at a supposed kink improves little by itself.
      const stale = improved ? 0 : worst.stale + (worst.cut === 0 ? 1 : 0.5);
      for (const child of children)
        pool.add(stale === 0 ? child : { ...child, stale, final: child.final || stale >= STALE });
    }
  }

  finding(): Finding {
    const { value, error, size } = this.#pool.settle();
    const divergent = this.#charts.map(diverges).includes(true);
    return {
      value: this.#pool.hollow ? Number.NaN : value,
      error: this.#pool.known && !divergent ? error : Infinity,
      size,
      evaluations: this.#cutter.evaluations + GLANCES * this.#charts.length,
      suspects: [...this.#cutter.suspects],
    };
  }

  #affordable(): boolean {
    return this.#cutter.evaluations - this.#looked + DIVISION <= this.#budget;
  }

  /**
   * Brings each of very many panels to its share of the tolerance, one after another. An integrand with a fault in each of a
   * million places would otherwise have all its panels in memory at once, most of them for a last look that never comes.
   */
  #thin(): void {
    this.#crowded = true;
    const roots = this.#pool.queue.empty();
    let allowance = 0.9 * this.#pool.allowed;
    let waiting = roots.length;
    let remaining = roots.reduce((total, root) => total + root.size, 0);
    for (const root of roots) {
      this.#pool.remove(root);
      // What one panel leaves of its share is for those after it.
      const enough = (allowance * (1 / waiting + (remaining > 0 ? root.size / remaining : 0))) / 2;
      const error = this.#local(root, enough);
      allowance -= Math.min(error, enough);
      waiting -= 1;
      remaining -= root.size;
    }
  }

  /** Divides one panel and its parts, worst first, until they are good enough together; gives the error that is left. */
  #local(root: Panel, enough: number): number {
    const queue = new Queue<Panel>();
    const finals: Panel[] = [];
    let error = root.error;
    queue.push(root);
    for (let tries = 0; error > enough && error < Infinity && tries < TRIES && this.#affordable(); tries++) {
      const worst = queue.pop();
      if (worst === undefined) break;
      error -= worst.error;
      for (const child of this.#cutter.divide(worst)) {
        error += child.error;
        if (child.final) finals.push(child);
        else queue.push(child);
      }
    }
    for (const one of finals) this.#pool.add(one);
    for (const one of queue.empty()) {
      if (error > enough) this.#pool.add(one);
      else this.#pool.close(one);
    }
    return error;
  }
}
