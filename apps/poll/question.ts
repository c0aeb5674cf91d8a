import { z } from 'zod';

const TITLE = 200;
const TEXT = 100;
const MOST_OPTIONS = 20;

/** One line of text: no control characters, no half of a surrogate pair, no white space around it. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be one line of well-formed text');

const title = line(TITLE);
const options = z
  .array(line(TEXT))
  .min(2, 'a poll needs at least 2 options')
  .max(MOST_OPTIONS, `a poll has at most ${MOST_OPTIONS} options`)
  .refine((all) => new Set(all).size === all.length, 'two options are the same');

export const question = z.strictObject({ title, options });
export const edit = z.strictObject({ title: title.optional(), options: options.optional() });

export type Question = z.infer<typeof question>;
export interface Edit {
  readonly title?: string | undefined;
  readonly options?: readonly string[] | undefined;
}
