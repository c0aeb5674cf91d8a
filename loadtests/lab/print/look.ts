/**
 * Colours that people who do not see all colours can tell apart, dark enough for words on white; each with a dash of its own, for
 * those who see none of them. @see https://jfly.uni-koeln.de/color/
 */
const LOOKS = [
  { colour: '#0072b2', dash: undefined },
  { colour: '#c04f00', dash: '9 3' },
  { colour: '#007f5c', dash: '3 2.5' },
  { colour: '#b8478f', dash: '12 3 3 3' },
  { colour: '#8a6d00', dash: '6 6' },
  { colour: '#6b3d14', dash: '1.5 3' },
  { colour: '#3f4a56', dash: '16 4' },
] as const;
const OWN: Readonly<Record<string, number>> = {
  local: 0,
  'scale-set': 1,
  'web-app': 2,
  function: 3,
  'scale-set-retry': 4,
  lambda: 5,
  'azure-functions': 6,
};

/** How the lines and words of a target look. */
export interface Look {
  readonly colour: string;
  /** As SVG has it; undefined is one line without gaps. */
  readonly dash: string | undefined;
}

/** The same target looks the same in each figure; others take what is left. */
export function lookOf(name: string, names: readonly string[]): Look {
  const known = OWN[name];
  if (known !== undefined) return LOOKS[known] as Look;
  const taken = new Set(names.map((one) => OWN[one]));
  const free = LOOKS.filter((_, at) => !taken.has(at));
  const others = names.filter((one) => OWN[one] === undefined);
  return free[others.indexOf(name) % free.length] ?? { colour: '#000000', dash: undefined };
}

export const colourOf = (name: string, names: readonly string[]): string => lookOf(name, names).colour;

export const INK = '#1c2430';
export const QUIET = '#5b6675';
export const GRID = '#e3e7ec';
export const FONT = 'Inter, system-ui, sans-serif';
