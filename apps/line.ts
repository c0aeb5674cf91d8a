import { z } from 'zod';

/** One line of text: no control characters, no half of a surrogate pair, no white space around it. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be one line of well-formed text');
