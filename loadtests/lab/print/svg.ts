/** Attributes of an element; what is undefined is left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** One element; `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeText(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${said}/>` : `<${name}${said}>${content}</${name}>`;
}

export function text(x: number, y: number, said: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeText(said));
}

/** About as wide as the text is in Inter. */
export function widthOf(said: string, size: number): number {
  return said.length * size * 0.56;
}

/** The words in lines that are at most so wide. */
export function wrapped(said: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of said.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(`${last} ${word}`, size) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** Straight lines from point to point; a point that is null ends one line, and the next begins another. */
export function path(points: readonly (readonly [number, number] | null)[]): string {
  let pen = 'M';
  let said = '';
  for (const point of points) {
    if (point === null) {
      pen = 'M';
      continue;
    }
    said += `${pen}${short(point[0])} ${short(point[1])}`;
    pen = 'L';
  }
  return said;
}

/** The same points, with a step at each instead of a slope. */
export function steps(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return points.flatMap(([x, y], at) =>
    at === 0 ? [[x, y] as const] : [[x, (points[at - 1] as readonly [number, number])[1]] as const, [x, y] as const],
  );
}

/** Places for labels near where they would like to be, at least so far apart, and none below `most`. */
export function apart(wanted: readonly number[], gap: number, most: number): number[] {
  const order = wanted.map((y, at) => ({ y, at })).sort((a, b) => a.y - b.y);
  for (let k = 1; k < order.length; k++) {
    const [before, one] = [order[k - 1], order[k]];
    if (before && one) one.y = Math.max(one.y, before.y + gap);
  }
  let floor = most;
  for (const one of [...order].reverse()) {
    one.y = Math.min(one.y, floor);
    floor = one.y - gap;
  }
  const placed = new Array<number>(wanted.length).fill(0);
  for (const { y, at } of order) placed[at] = y;
  return placed;
}

/** Round numbers from 0 to at least `most`, about `count` of them, `least` or more from each other. */
export function ticks(most: number, count: number, least = 0): number[] {
  const rough = Math.max(most / count, least, 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: last + 1 }, (_, k) => Number((k * step).toPrecision(12)));
}
