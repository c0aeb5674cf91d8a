import type { Summary } from '../summary/summary.ts';
import { drawFigure, type Figure } from './figure.ts';
import { drawSearch } from './search-figure.ts';

/** The one figure of a run: over time, or over load where it was a search. */
export function figureOf(summary: Summary): Figure {
  const { search } = summary.setting;
  return search === undefined ? drawFigure(summary) : drawSearch(summary, search);
}
