import { expect, test } from 'vitest';
import type { Chart } from '../../core/numeric/chart.ts';
import { GROUND } from '../../core/numeric/ladder.ts';
import { panel } from '../../core/numeric/panel.ts';

const GOLDEN = 0.6180339887498949;

/** A feature at c, and an antiderivative. */
interface Feature {
  readonly name: string;
  readonly f: (c: number) => (x: number) => number;
  readonly whole: (c: number, x: number) => number;
  /** How many times its estimate one panel's error may be, at the worst of all places. */
  readonly worst: number;
  /** At how many of a million places it may be more than once its estimate. */
  readonly under: number;
}

const features: Feature[] = [
  { name: 'jump', f: (c) => (x) => (x >= c ? 1 : 0), whole: (c, x) => Math.max(0, x - c), worst: 1, under: 0 },
  {
    name: 'kink',
    f: (c) => (x) => Math.abs(x - c),
    whole: (c, x) => ((x - c) * Math.abs(x - c)) / 2,
    worst: 1,
    under: 0,
  },
  {
    name: 'kink in the second derivative',
    f: (c) => (x) => (x - c) * Math.abs(x - c),
    whole: (c, x) => Math.abs(x - c) ** 3 / 3,
    worst: 1,
    under: 0,
  },
  {
    name: 'square root',
    f: (c) => (x) => Math.sqrt(Math.abs(x - c)),
    whole: (c, x) => (Math.sign(x - c) * Math.abs(x - c) ** 1.5) / 1.5,
    worst: 1,
    under: 0,
  },
  {
    name: 'singularity 1/√',
    f: (c) => (x) => Math.abs(x - c) ** -0.5,
    whole: (c, x) => Math.sign(x - c) * Math.abs(x - c) ** 0.5 * 2,
    worst: 4,
    under: 5000,
  },
  {
    name: 'peak of a hundredth',
    f: (c) => (x) => 1 / (1e-4 + (x - c) ** 2),
    whole: (c, x) => 100 * Math.atan(100 * (x - c)),
    worst: 3,
    under: 20_000,
  },
  {
    name: 'wave of 100 periods',
    f: (c) => (x) => 2 + Math.sin(628 * (x + c)),
    whole: (c, x) => 2 * x - Math.cos(628 * (x + c)) / 628,
    worst: 1,
    under: 0,
  },
];

test.each(features)('one panel does not underrate a $name, wherever in the panel it is', ({
  f,
  whole,
  worst,
  under,
}) => {
  const y = new Float64Array(17);
  const places = 50_000;
  let most = 0;
  let count = 0;
  for (let k = 0; k < places; k++) {
    // Half of the places crowd towards an end of the panel, where no node looks.
    const near = 10 ** (-14 * ((k * GOLDEN) % 1));
    const c = k % 2 === 0 ? 1 + ((k * GOLDEN) % 1) : k % 4 === 1 ? 1 + near : 2 - near;
    const at = f(c);
    const chart: Chart = { origin: 0, sign: 1, inverted: false, length: 2, edges: [2], at };
    const frame = { chart, from: 1, to: 2, first: at(1), last: at(2), depth: 0, stale: 0, ladder: GROUND };
    const { value, error } = panel(frame, y, Infinity);
    const ratio = Math.abs(value - (whole(c, 2) - whole(c, 1))) / error;
    if (ratio > most) most = ratio;
    if (ratio > 1) count += 1;
  }
  expect(most).toBeLessThanOrEqual(worst);
  expect(count).toBeLessThanOrEqual((under / 1e6) * places);
});
