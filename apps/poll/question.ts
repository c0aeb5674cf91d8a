import { z } from 'zod';
import { line } from '../line.ts';

const TITLE = 200;
const TEXT = 100;
const MOST_OPTIONS = 20;

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
