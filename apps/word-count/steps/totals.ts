import { Failure, step } from 'skein';
import { z } from 'zod';
import { topOf } from '../runs/top-words.ts';
import { reduced } from './reducer.ts';
import { RETRY } from './retry.ts';

export const counted = z.object({
  files: z.number(),
  splits: z.number(),
  /** Distinct words. */
  words: z.number(),
  /** Words, repeats included. */
  total: z.number(),
  /** The 20 most frequent words, the most frequent first; of equal counts in the order of their bytes as shown. */
  top: z.array(z.tuple([z.string(), z.number()])),
  /** The objects of the work bucket that make up the result; no word is in two of them. */
  parts: z.array(z.string()),
});

/** Adds up what the reducers say. */
export const totals = step('Totals', {
  description: 'Adds up the totals, and checks that no word was lost on the way.',
  input: z.object({ files: z.number(), splits: z.number(), total: z.number(), reduced: z.array(reduced) }),
  output: counted,
  retry: RETRY,
  run: ({ files, splits, total, reduced }) => {
    const sum = (of: (part: (typeof reduced)[number]) => number): number =>
      reduced.reduce((so, part) => so + of(part), 0);
    const found = sum((part) => part.total);
    if (found !== total)
      throw new Failure({
        name: 'CountMismatch',
        message: `the mappers counted ${total} words, the reducers ${found}`,
      });
    return {
      files,
      splits,
      words: sum((part) => part.words),
      total,
      top: topOf(reduced.map((part) => part.top)),
      parts: reduced.map((part) => part.key),
    };
  },
});
