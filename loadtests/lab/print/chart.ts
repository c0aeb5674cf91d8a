import type { CaseSummary } from '../summary/summary.ts';
import { FONT, GRID, INK, type Look, QUIET } from './look.ts';
import { element, path, steps, text, ticks } from './svg.ts';

/** Where a chart is, and what it shows. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly kind: 'line' | 'steps';
  readonly size: number;
  readonly values: (one: CaseSummary) => readonly (number | null)[];
  readonly tick: (value: number) => string;
  readonly ticks: number;
  /** What is also drawn, thin and pale, below the lines. */
  readonly faint?: (one: CaseSummary) => readonly (number | null)[];
  /** @default 'linear' */
  readonly scale?: 'linear' | 'log';
}

export interface Scale {
  readonly x: (second: number) => number;
  readonly y: (value: number) => number;
  readonly marks: readonly number[];
}

export function scaleOf(chart: Chart, cases: readonly CaseSummary[], least = 0): Scale {
  const values = cases
    .flatMap((one) => [...chart.values(one), ...(chart.faint?.(one) ?? [])])
    .filter((value) => value !== null);
  const most = Math.max(least, ...values);
  const x = (second: number): number => chart.x + (second / chart.seconds) * chart.width;
  if (chart.scale === 'log') {
    const low = 10 ** Math.floor(Math.log10(Math.max(1, Math.min(...values, 1000))));
    const high = 10 ** Math.ceil(Math.log10(Math.max(most, low * 10)));
    const marks: number[] = [];
    for (let mark = low; mark <= high; mark *= 10) marks.push(mark);
    const share = (value: number): number => Math.log(Math.max(value, low) / low) / Math.log(high / low);
    return { x, y: (value) => chart.y + chart.height * (1 - share(value)), marks };
  }
  // Whatever is drawn on this scale is counted.
  const marks = ticks(Math.max(most, 1), chart.ticks, 1);
  const top = marks.at(-1) ?? 1;
  return { x, y: (value) => chart.y + chart.height * (1 - value / top), marks };
}

/** Grid, axes and lines of one chart; each line is a group that a script can hide. */
export function drawChart(
  chart: Chart,
  cases: readonly CaseSummary[],
  look: (name: string) => Look,
  scale: Scale,
): string {
  const { x, y, width, height, size } = chart;
  const seconds = ticks(chart.seconds, width > 600 ? 8 : 4).filter((second) => second <= chart.seconds);
  const small = { 'font-size': size, fill: QUIET, 'font-family': FONT };
  return [
    text(x, y - 12, chart.title, { 'font-size': size + 2, 'font-weight': 600, fill: INK, 'font-family': FONT }),
    ...scale.marks.flatMap((mark) => [
      element('line', { x1: x, x2: x + width, y1: scale.y(mark), y2: scale.y(mark), stroke: GRID }),
      text(x - 8, scale.y(mark) + size * 0.35, chart.tick(mark), { ...small, 'text-anchor': 'end' }),
    ]),
    ...seconds.flatMap((second) => [
      element('line', { x1: scale.x(second), x2: scale.x(second), y1: y + height, y2: y + height + 5, stroke: QUIET }),
      text(scale.x(second), y + height + 8 + size, `${second}${second === 0 ? ' s' : ''}`, {
        ...small,
        'text-anchor': 'middle',
      }),
    ]),
    ...cases.map((one) => faintOf(chart, one, look(one.name), scale)),
    ...cases.map((one, at) => lineOf(chart, one, look(one.name), scale, at - (cases.length - 1) / 2)),
  ].join('\n');
}

function faintOf({ faint }: Chart, one: CaseSummary, { colour }: Look, scale: Scale): string {
  if (faint === undefined) return '';
  const points = faint(one).map((value, at) =>
    value === null ? null : ([scale.x(at + 0.5), scale.y(value)] as const),
  );
  return element('path', {
    ...{ 'data-target': one.name, d: path(points), fill: 'none', stroke: colour, 'stroke-linejoin': 'round' },
    ...{ 'stroke-width': 1, 'stroke-opacity': 0.35 },
  });
}

function lineOf(chart: Chart, one: CaseSummary, { colour, dash }: Look, scale: Scale, turn: number): string {
  const values = chart.values(one);
  // Steps lie on each other where targets have the same number: side by side they can be told apart.
  const aside = chart.kind === 'steps' ? turn * 2.5 : 0;
  const points = values.map((value, at) =>
    value === null ? null : ([scale.x(at + (chart.kind === 'steps' ? 0 : 0.5)), scale.y(value) + aside] as const),
  );
  const last = values.at(-1);
  const whole = points.filter((point) => point !== null);
  const stepped = [
    ...whole,
    ...(last === null || last === undefined ? [] : [[scale.x(values.length), scale.y(last) + aside] as const]),
  ];
  return element('path', {
    'data-target': one.name,
    d: path(chart.kind === 'steps' ? steps(stepped) : points),
    fill: 'none',
    stroke: colour,
    'stroke-dasharray': dash,
    'stroke-width': chart.size > 12 ? 2.2 : 1.7,
    'stroke-linejoin': 'round',
  });
}
