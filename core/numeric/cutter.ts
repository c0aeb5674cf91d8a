import { type Chart, place } from './chart.ts';
import { climb } from './ladder.ts';
import { type Frame, type Panel, panel } from './panel.ts';
import { type Pool, unresolved } from './pool.ts';

/** Evaluations that one division takes at most. */
export const DIVISION = 4 * 46;

/** Measures and divides panels, counts evaluations and notes places that should have been break points. */
export class Cutter {
  readonly #pool: Pool;
  /** One a run: an integrand may itself integrate. */
  readonly #y = new Float64Array(17);
  readonly suspects = new Set<number>();
  evaluations = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  measure(frame: Frame): Panel {
    const measured = panel(frame, this.#y, this.#pool.share(frame));
    this.evaluations += measured.evaluations;
    if (measured.final && measured.from > 0 && measured.error > 1e-3 * measured.size)
      this.suspects.add(this.#steepest(measured));
    return measured;
  }

  divide(whole: Panel): Panel[] {
    const { chart, from, to } = whole;
    if (from === 0) {
      const middle = this.#at(chart, to / 2);
      const outer = this.measure(within(whole, to / 2, to, middle, whole.last));
      const inner = within(whole, 0, to / 2, whole.first, middle);
      return [this.measure({ ...inner, ladder: climb(whole.ladder, outer.mass) }), outer];
    }
    const centre = (from + to) / 2;
    if (whole.cut === 0 && unresolved(whole) && whole.error < Infinity)
      return this.#cutAt(whole, [(from + centre) / 2, centre, (centre + to) / 2]);
    const cut = centre + (whole.cut * (to - from)) / 2;
    return this.#cutAt(whole, [cut > from && cut < to ? cut : centre]);
  }

  #cutAt(whole: Panel, cuts: readonly number[]): Panel[] {
    const pieces: Panel[] = [];
    let { from, first } = whole;
    for (const cut of cuts) {
      const value = this.#at(whole.chart, cut);
      pieces.push(this.measure(within(whole, from, cut, first, value)));
      from = cut;
      first = value;
    }
    pieces.push(this.measure(within(whole, from, whole.to, first, whole.last)));
    return pieces;
  }

  /** The place in a panel of a few units in the last place where |f| is largest or has no value. */
  #steepest({ chart, from, to }: Panel): number {
    let worst = from;
    let size = -1;
    for (let i = 0; i <= 128; i++) {
      const u = from + ((to - from) * i) / 128;
      const value = Math.abs(chart.at(u));
      this.evaluations += 1;
      if (!Number.isFinite(value)) return place(chart, u);
      if (value > size) {
        size = value;
        worst = u;
      }
    }
    return place(chart, worst);
  }

  /** A value between panels; a place without one deserves to be a break point. */
  #at(chart: Chart, u: number): number {
    this.evaluations += 1;
    const value = chart.at(u);
    if (!Number.isFinite(value)) this.suspects.add(place(chart, u));
    return value;
  }
}

function within({ chart, depth, ladder }: Panel, from: number, to: number, first: number, last: number): Frame {
  return { chart, from, to, first, last, depth: depth + 1, stale: 0, ladder };
}
