import type { CaseSummary, Summary } from '../summary/summary.ts';
import { drawBand } from './band.ts';
import { type Chart, drawChart, scaleOf } from './chart.ts';
import { FONT, INK, type Look, lookOf, QUIET } from './look.ts';
import { apart, element, text, wrapped } from './svg.ts';
import { settingLines } from './words.ts';

const WIDTH = 1280;
const LEFT = 72;
const RIGHT = 190;
const ROW = 26;
const MAIN = 360;
const PANEL = 150;

export interface Figure {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Where a script finds the charts. */
  readonly charts: readonly {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** The one figure, as SVG by hand: full control of where the words go, and the same bytes for the same summary. */
export function drawFigure({ setting, cases }: Summary): Figure {
  const names = cases.map(({ name }) => name);
  const look = (name: string): Look => lookOf(name, names);
  const colour = (name: string): string => look(name).colour;
  const bandTop = 118;
  const seconds = Math.floor(setting.seconds);
  const right = WIDTH - RIGHT;
  const x = (second: number): number => LEFT + (second / seconds) * (right - LEFT);
  const band = drawBand(cases, colour, x, { left: LEFT, right, top: bandTop, row: ROW });
  const main: Chart = {
    id: 'ok',
    title: 'Right answers a second: the mean of 3 seconds, and thin each second',
    x: LEFT,
    y: bandTop + 8 + band.height + 44,
    width: right - LEFT,
    height: MAIN,
    seconds,
    kind: 'line',
    size: 13,
    values: ({ series }) => meanOf(series.ok),
    faint: ({ series }) => series.ok,
    tick: String,
    ticks: 6,
  };
  const panels = panelsOf(seconds, main.y + MAIN + 88);
  const footer = (panels[0]?.y ?? 0) + PANEL + 56;
  const lines = settingLines(setting, cases).flatMap((line) => wrapped(line, 12, WIDTH - LEFT - 24));
  const height = footer + lines.length * 18 + 8;
  const offered = offeredOf(setting.load);
  const scale = scaleOf(main, cases, Math.max(...offered));
  const parts = [
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(LEFT, 42, setting.title, { 'font-size': 25, 'font-weight': 600, fill: INK, 'font-family': FONT }),
    text(LEFT, 68, subtitle(setting.load, cases), { 'font-size': 14, fill: QUIET, 'font-family': FONT }),
    text(LEFT, 94, EVENTS, { 'font-size': 12, fill: QUIET, 'font-family': FONT }),
    band.markup,
    drawChart(main, cases, look, scale),
    haveSessions(cases) ? '' : drawOffered(setting.load, seconds, scale),
    drawMarks(cases, colour, scale.x, main),
    drawLabels(cases, look, scale.y, main),
    ...panels.map((panel) => drawChart(panel, cases, look, scaleOf(panel, cases, panel.id === 'failed' ? 5 : 1))),
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
  return {
    svg,
    width: WIDTH,
    height,
    charts: [main, ...panels].map(({ id, x, y, width, height }) => ({ id, x, y, width, height })),
  };
}

function panelsOf(seconds: number, y: number): Chart[] {
  const gap = 78;
  const width = (WIDTH - LEFT - 40 - 2 * gap) / 3;
  const at = (k: number) => ({ x: LEFT + k * (width + gap), y, width, height: PANEL, seconds, size: 12 });
  return [
    {
      ...at(0),
      id: 'failed',
      title: 'Refused or failed a second, mean of 3 s',
      kind: 'line',
      values: ({ series }) => meanOf(series.failed),
      tick: String,
      ticks: 4,
    },
    {
      ...at(1),
      id: 'p95',
      title: '95th percentile of latency, 3 s around',
      kind: 'line',
      values: ({ series }) => series.p95,
      tick: milliseconds,
      ticks: 4,
      scale: 'log',
    },
    {
      ...at(2),
      id: 'instances',
      title: 'Instances that are ready',
      kind: 'steps',
      values: ({ series }) => series.instances,
      tick: String,
      ticks: 4,
    },
  ];
}

const EVENTS =
  'What happened: × a fault, and how long it lasted · ○ the balancer found an instance down or up · ● an instance is ready or leaves';

/** Words that lines may run through. */
const HALO = { stroke: '#ffffff', 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };

/** The mean of a second and its two neighbours. */
function meanOf(values: readonly number[]): number[] {
  return values.map((_, at) => {
    const around = values.slice(Math.max(0, at - 1), at + 2);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 9.95 ? 1 : 0);

const milliseconds = (value: number): string => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);

type Load = Summary['setting']['load'];

const offeredOf = (load: Load): number[] => load.map(({ perSecond }) => perSecond);

function subtitle(load: Load, cases: readonly CaseSummary[]): string {
  const rates = offeredOf(load).join(', then ');
  const arrive = rates === '1' ? 'user arrives' : 'users arrive';
  const sessions = haveSessions(cases);
  const sends = sessions ? 'each sends several requests, thinking between them' : 'each sends one request';
  const above = sessions ? '' : '; more than arrive is what had waited';
  return `${rates} ${arrive} each second, as a Poisson process; ${sends}, and each answer is checked${above}`;
}

/** Whether users send more than one request: then arrivals and answers cannot be held against each other. */
const haveSessions = (cases: readonly CaseSummary[]): boolean =>
  cases.some(({ requests, generator }) => requests > generator.arrivals);

/** What arrives, as a line that nothing can be above for long. */
function drawOffered(load: Load, seconds: number, { x, y }: { x(s: number): number; y(v: number): number }): string {
  let from = 0;
  return load
    .map(({ share, perSecond }) => {
      const to = from + share * seconds;
      const line = element('line', {
        x1: x(from),
        x2: x(to),
        y1: y(perSecond),
        y2: y(perSecond),
        stroke: QUIET,
        'stroke-dasharray': '2 5',
        'stroke-width': 1.5,
      });
      const said = text(x(from) + 6, y(perSecond) - 7, `${perSecond}/s arrive`, {
        ...HALO,
        'font-size': 12,
        fill: QUIET,
        'font-family': FONT,
      });
      from = to;
      return line + said;
    })
    .join('');
}

/** A fault goes down from the band through the plot. */
function drawMarks(
  cases: readonly CaseSummary[],
  colour: (name: string) => string,
  x: (s: number) => number,
  main: Chart,
): string {
  return cases
    .flatMap((one) =>
      one.events
        .filter(({ kind }) => kind === 'fault')
        .map(({ at }) =>
          element('line', {
            'data-target': one.name,
            x1: x(at),
            x2: x(at),
            y1: main.y,
            y2: main.y + main.height,
            stroke: colour(one.name),
            'stroke-dasharray': '4 4',
            'stroke-opacity': 0.6,
          }),
        ),
    )
    .join('\n');
}

/** Names at the ends of their lines, where the last seconds were on average. */
function drawLabels(
  cases: readonly CaseSummary[],
  look: (name: string) => Look,
  y: (v: number) => number,
  main: Chart,
): string {
  const ends = cases.map(({ series }) => {
    const last = series.ok.slice(-5);
    return last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length);
  });
  const places = apart(ends.map(y), 36, main.y + main.height);
  const x = main.x + main.width + 12;
  return cases
    .map((one, at) => {
      const { colour: ink, dash } = look(one.name);
      const place = places[at] ?? 0;
      const labels = [
        element('line', {
          ...{ x1: x, x2: x + 26, y1: place - 3, y2: place - 3 },
          ...{ stroke: ink, 'stroke-width': 2.2, 'stroke-dasharray': dash },
        }),
        text(x + 32, place + 2, one.name, { 'font-size': 15, 'font-weight': 600, fill: ink, 'font-family': FONT }),
        text(x, place + 17, `${rate(ends[at] ?? 0)}/s at the end${one.modelled ? ', modelled' : ''}`, {
          'font-size': 11.5,
          fill: QUIET,
          'font-family': FONT,
        }),
      ];
      return element('g', { 'data-target': one.name }, labels.join(''));
    })
    .join('\n');
}
