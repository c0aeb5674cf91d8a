/** Where to look, and how exactly to know. */
export interface SearchRange {
  readonly from: number;
  readonly most: number;
  /** Stop when what is still unknown is less than this share of the answer. */
  readonly within: number;
}

export interface Found {
  /** The highest load that met the goal, or undefined where none did. */
  readonly highest: number | undefined;
  /** The lowest that did not, or undefined where the search came to its end first. */
  readonly broken: number | undefined;
}

/** What a case is called that is one load of a search, and of which target a case is. */
export const stepName = (target: string, perSecond: number): string => `${target}@${perSecond}`;
export const targetOf = (name: string): string => name.replace(/@\d+$/, '');

const STEP = 1.5;

/** Steps up until the goal breaks, and halves what is between the last two loads; loads are whole numbers, as Artillery has them. */
export async function searchLoad(range: SearchRange, meets: (perSecond: number) => Promise<boolean>): Promise<Found> {
  let highest: number | undefined;
  let broken: number | undefined;
  for (let load = range.from; broken === undefined; load = Math.min(Math.ceil(load * STEP), range.most)) {
    if (await meets(load)) highest = load;
    else broken = load;
    if (load === range.most) break;
  }
  while (highest !== undefined && broken !== undefined && broken - highest > Math.max(1, range.within * highest)) {
    const middle = Math.round((highest + broken) / 2);
    if (await meets(middle)) highest = middle;
    else broken = middle;
  }
  return { highest, broken };
}
