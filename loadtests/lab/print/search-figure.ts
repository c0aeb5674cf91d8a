import type { Search } from '../experiment.ts';
import type { SearchSummary, Summary } from '../summary/summary.ts';
import { type Scale, scaleOf } from './chart.ts';
import type { Figure } from './figure.ts';
import { FONT, GRID, INK, type Look, lookOf, QUIET } from './look.ts';
import { apart, element, path, text, wrapped } from './svg.ts';
import { settingLines } from './words.ts';

const WIDTH = 1280;
const LEFT = 72;
const RIGHT = 190;
const TOP = 130;
const HEIGHT = 400;

/** Latency over load, on logarithmic scales: where the line crosses the goal is what was looked for. */
export function drawSearch({ setting, cases, searches = [] }: Summary, goal: Search): Figure {
  const names = searches.map(({ target }) => target);
  const chart = { id: 'search', x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT };
  const loads = searches.flatMap(({ steps }) => steps.map(({ perSecond }) => perSecond));
  const [least, most] = [Math.min(...loads), Math.max(...loads)];
  const x = (load: number): number => chart.x + (Math.log(load / least) / Math.log(most / least || 2)) * chart.width;
  const latencies = searches.flatMap(({ steps }) => steps.map(({ p95Ms }) => p95Ms));
  const { y, marks } = latencyScale([...latencies, goal.p95Ms]);
  const lines = settingLines(setting, cases).flatMap((line) => wrapped(line, 12, WIDTH - LEFT - 24));
  const footer = TOP + HEIGHT + 76;
  const height = footer + lines.length * 18 + 8;
  const small = { 'font-size': 13, fill: QUIET, 'font-family': FONT };
  const ticks = [...new Set(loads)]
    .sort((a, b) => a - b)
    .filter((load, at, all) => at === 0 || x(load) - x(all[at - 1] ?? least) > 34);
  const places = apart(
    searches.map(({ steps }) => y(steps.at(-1)?.p95Ms ?? 1)),
    36,
    TOP + HEIGHT,
  );
  const parts = [
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(LEFT, 42, setting.title, { 'font-size': 25, 'font-weight': 600, fill: INK, 'font-family': FONT }),
    text(LEFT, 68, goalText(goal), { 'font-size': 14, fill: QUIET, 'font-family': FONT }),
    text(LEFT, TOP - 14, '95th percentile of latency', {
      'font-size': 15,
      'font-weight': 600,
      fill: INK,
      'font-family': FONT,
    }),
    ...marks.flatMap((mark) => [
      element('line', { x1: LEFT, x2: LEFT + chart.width, y1: y(mark), y2: y(mark), stroke: GRID }),
      text(LEFT - 8, y(mark) + 5, mark >= 1000 ? `${mark / 1000} s` : `${mark} ms`, { ...small, 'text-anchor': 'end' }),
    ]),
    ...ticks.map((load) => text(x(load), TOP + HEIGHT + 22, String(load), { ...small, 'text-anchor': 'middle' })),
    text(LEFT + chart.width, TOP + HEIGHT + 42, 'users that arrive each second', { ...small, 'text-anchor': 'end' }),
    element('line', {
      x1: LEFT,
      x2: LEFT + chart.width,
      y1: y(goal.p95Ms),
      y2: y(goal.p95Ms),
      stroke: INK,
      'stroke-dasharray': '6 4',
    }),
    text(LEFT + 6, y(goal.p95Ms) - 7, 'the goal', small),
    ...searches.map((one, at) => drawTarget(one, lookOf(one.target, names), x, y, places[at] ?? TOP)),
    ...lines.map((line, at) =>
      text(LEFT, footer + at * 18, line, { 'font-size': 12, fill: QUIET, 'font-family': FONT }),
    ),
  ];
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: WIDTH,
      height,
      role: 'img',
      'aria-label': setting.title,
    },
    `\n${parts.join('\n')}\n`,
  );
  return { svg, width: WIDTH, height, charts: [] };
}

const goalText = ({ p95Ms, errorRate }: Search): string =>
  `the goal: p95 of at most ${p95Ms} ms, and at most ${errorRate * 100} % of the requests failed; a full dot met it, an empty one did not`;

function latencyScale(values: readonly (number | null)[]): Pick<Scale, 'y' | 'marks'> {
  const chart = {
    id: 'search',
    title: '',
    x: LEFT,
    y: TOP,
    width: 1,
    height: HEIGHT,
    seconds: 1,
    kind: 'line',
    size: 13,
    values: () => values,
    tick: String,
    ticks: 4,
    scale: 'log',
  } as const;
  return scaleOf(chart, [{} as never]);
}

function drawTarget(
  { target, highest, steps }: SearchSummary,
  { colour, dash }: Look,
  x: (load: number) => number,
  y: (ms: number) => number,
  label: number,
): string {
  const points = steps.map(({ perSecond, p95Ms }) => (p95Ms === null ? null : ([x(perSecond), y(p95Ms)] as const)));
  const right = WIDTH - RIGHT + 12;
  return element(
    'g',
    { 'data-target': target },
    [
      element('path', { d: path(points), fill: 'none', stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash }),
      ...steps.map(({ meets }, at) => {
        const point = points[at];
        return point == null
          ? ''
          : element('circle', {
              cx: point[0],
              cy: point[1],
              r: 5,
              fill: meets ? colour : '#ffffff',
              stroke: colour,
              'stroke-width': 2,
            });
      }),
      text(right, label + 2, target, { 'font-size': 15, 'font-weight': 600, fill: colour, 'font-family': FONT }),
      text(right, label + 18, highest === null ? 'never met it' : `meets it up to ${highest}/s`, {
        'font-size': 12,
        fill: QUIET,
        'font-family': FONT,
      }),
    ].join(''),
  );
}
