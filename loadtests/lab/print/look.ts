/** Colours that people who do not see all colours can tell apart. @see https://jfly.uni-koeln.de/color/ */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#b8478f', '#8a6d00', '#56b4e9', '#444444'];
const OWN: Readonly<Record<string, number>> = {
  local: 0,
  'scale-set': 1,
  'web-app': 2,
  function: 3,
  'scale-set-retry': 4,
};

/** The same target has the same colour in each figure; others take what is left. */
export function colourOf(name: string, names: readonly string[]): string {
  const known = OWN[name];
  if (known !== undefined) return COLOURS[known] as string;
  const taken = new Set(names.map((one) => OWN[one]));
  const free = COLOURS.filter((_, at) => !taken.has(at));
  const others = names.filter((one) => OWN[one] === undefined);
  return free[others.indexOf(name) % free.length] ?? '#000000';
}

export const INK = '#1c2430';
export const QUIET = '#5b6675';
export const GRID = '#e3e7ec';
export const FONT = 'Inter, system-ui, sans-serif';
