import type { CaseSummary, ShownEvent } from '../summary/summary.ts';
import { FONT, GRID } from './look.ts';
import { element, text, widthOf } from './svg.ts';

/** A row for each target: what happened to it, and when. */
export function drawBand(
  cases: readonly CaseSummary[],
  colour: (name: string) => string,
  x: (second: number) => number,
  { left, right, top, row }: { left: number; right: number; top: number; row: number },
): string {
  return cases
    .map((one, at) => {
      const y = top + at * row;
      const ink = colour(one.name);
      let free = left;
      const events = merged(one.events);
      const marks = events.map(({ at: second, text: said, kind }, k) => {
        const from = x(second);
        const width = widthOf(said, 12) + 16;
        const next = events[k + 1] === undefined ? right : x(events[k + 1]?.at ?? 0) - 6;
        const toTheLeft = from + width > next && from - width >= free;
        const toTheRight = !toTheLeft && from >= free && from + width <= next;
        free = toTheRight ? from + width : from + 10;
        const look = { 'font-size': 12, fill: ink, 'font-family': FONT };
        // Where there is no place for the words there is the mark, and the report has the rest.
        const words = toTheRight
          ? text(from + 9, y + 4, said, look)
          : toTheLeft
            ? text(from - 9, y + 4, said, { ...look, 'text-anchor': 'end' })
            : '';
        return markOf(kind, from, y, ink) + words;
      });
      return element(
        'g',
        { 'data-target': one.name },
        [
          element('line', { x1: left, x2: right, y1: y, y2: y, stroke: GRID }),
          ...marks,
          text(right + 12, y + 4, one.name, { 'font-size': 13, 'font-weight': 600, fill: ink, 'font-family': FONT }),
        ].join(''),
      );
    })
    .join('\n');
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
    const [name = '', ...rest] = event.text.split(' ');
    if (last !== undefined && last.kind === event.kind && event.at - last.at < 1 && last.text.endsWith(rest.join(' ')))
      shown[shown.length - 1] = {
        ...last,
        text: `${last.text.slice(0, -rest.join(' ').length - 1)}, ${name} ${rest.join(' ')}`,
      };
    else shown.push(event);
  }
  return shown;
}
