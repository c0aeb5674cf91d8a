import type { CaseSummary, ShownEvent } from '../summary/summary.ts';
import { FONT, GRID } from './look.ts';
import { element, text, widthOf } from './svg.ts';

/** Pixels that a line of words below a row takes. */
const BELOW = 15;

/** A row for each target: what happened to it, and when. One that has words below it is higher. */
export function drawBand(
  cases: readonly CaseSummary[],
  colour: (name: string) => string,
  x: (second: number) => number,
  { left, right, top, row }: { left: number; right: number; top: number; row: number },
): { readonly markup: string; readonly height: number } {
  let y = top;
  const markup = cases
    .map((one) => {
      const ink = colour(one.name);
      let free = left;
      /** How far each line of words below is taken. */
      const below: number[] = [];
      const events = merged(one.events.filter(({ kind }) => kind !== 'over'));
      const marks: string[] = [];
      // Words that have no place wait for the next mark of their kind; the report has them all.
      let untold: ShownEvent | undefined;
      for (const [k, event] of events.entries()) {
        const from = x(event.at);
        const told = untold !== undefined && together(untold, event) ? joined(untold, event) : event;
        const said = told.text;
        const width = widthOf(said, 12) + 16;
        const next = events[k + 1] === undefined ? right : x(events[k + 1]?.at ?? 0) - 6;
        const toTheLeft = from + width > next && from - width >= free;
        const toTheRight = !toTheLeft && from >= free && from + width <= next;
        free = toTheRight ? from + width : from + 10;
        untold = toTheRight || toTheLeft ? undefined : told;
        const start = Math.min(from - 4, right - width);
        const line = below.findIndex((taken) => taken <= start);
        const under = line < 0 ? below.length : line;
        const look = { 'font-size': 12, fill: ink, 'font-family': FONT };
        const words = toTheRight
          ? text(from + 9, y + 4, said, look)
          : toTheLeft
            ? text(from - 9, y + 4, said, { ...look, 'text-anchor': 'end' })
            : event.kind === 'fault'
              ? text(start, y + 23 + under * BELOW, said, look)
              : '';
        if (words !== '' && !toTheRight && !toTheLeft) below[under] = start + width;
        marks.push(markOf(event.kind, from, y, ink) + words);
      }
      const drawn = element(
        'g',
        { 'data-target': one.name },
        [
          element('line', { x1: left, x2: right, y1: y, y2: y, stroke: GRID }),
          ...lastingOf(one.events).map(([from, to]) =>
            element('line', { x1: x(from), x2: x(to), y1: y + 9, y2: y + 9, stroke: ink, 'stroke-width': 2 }),
          ),
          ...marks,
          text(right + 12, y + 4, one.name, { 'font-size': 13, 'font-weight': 600, fill: ink, 'font-family': FONT }),
        ].join(''),
      );
      y += row + below.length * BELOW;
      return drawn;
    })
    .join('\n');
  return { markup, height: y - top };
}

/** From when until when faults lasted that came to an end. */
function lastingOf(events: readonly ShownEvent[]): (readonly [from: number, to: number])[] {
  return events.flatMap((over, at) => {
    if (over.kind !== 'over') return [];
    const from = over.since ?? events.slice(0, at).findLast(({ kind }) => kind === 'fault')?.at;
    return from === undefined ? [] : [[from, over.at] as const];
  });
}

function markOf(kind: ShownEvent['kind'], x: number, y: number, ink: string): string {
  if (kind === 'fault') return cross(x, y, ink);
  return element('circle', {
    cx: x,
    cy: y,
    r: 4,
    fill: kind === 'scale' ? ink : '#ffffff',
    stroke: ink,
    'stroke-width': 2,
  });
}

const cross = (x: number, y: number, stroke: string): string =>
  element('path', {
    d: `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x - 4} ${y + 4}L${x + 4} ${y - 4}`,
    stroke,
    'stroke-width': 2.4,
  });

/** Events of one kind within a second share a mark and a text. */
function merged(events: readonly ShownEvent[]): ShownEvent[] {
  const shown: ShownEvent[] = [];
  for (const event of events) {
    const last = shown.at(-1);
    if (last !== undefined && event.at - last.at < 1 && together(last, event))
      shown[shown.length - 1] = { ...joined(last, event), at: last.at };
    else shown.push(event);
  }
  return shown;
}

/** Whether the same happened to both. */
const together = (one: ShownEvent, other: ShownEvent): boolean =>
  one.kind === other.kind && whatOf(one).join(' ') === whatOf(other).join(' ') && other.text.includes(' ');

const isName = (word: string): boolean => /^\w+-\d+,?$|^…$/.test(word);
const whatOf = ({ text: said }: ShownEvent): string[] => said.split(' ').filter((word) => !isName(word));

/** `vm-1 ready` and `vm-2 ready` are `vm-1, vm-2 ready`; more than three are told by the first and the last. */
function joined(one: ShownEvent, other: ShownEvent): ShownEvent {
  const names = [one, other].flatMap(({ text: said }) => said.split(' ').filter((word) => isName(word)));
  const plain = names
    .map((name) => name.replace(',', ''))
    .filter((name) => name !== '…')
    .sort((a, b) => Number(a.split('-').at(-1)) - Number(b.split('-').at(-1)));
  const told = plain.length > 3 ? `${plain[0]} … ${plain.at(-1)}` : plain.join(', ');
  return { ...other, text: [told, ...whatOf(other)].join(' ') };
}
