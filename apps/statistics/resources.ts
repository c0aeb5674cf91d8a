import { bucket, queue, table } from 'skein';
import { z } from 'zod';
import { MOST_NUMBERS } from './integers.ts';

/** The correlation id: 122 random bits, so that who knows it may read the answer, and nobody else can. */
const id = z.uuid();
const integer = z.string().regex(/^-?\d+$/);
const numbers = z.array(integer).min(1).max(MOST_NUMBERS);

const request = z.object({ id, askedAt: z.iso.datetime(), numbers });
export type StatisticsRequest = z.infer<typeof request>;

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
export const answer = z.object({
  id,
  status: z.literal('done'),
  numbers,
  count: z.int(),
  min: integer,
  max: integer,
  median: decimal,
  mean: decimal,
  rounded: z.boolean().meta({ description: 'Whether the mean is not exact.' }),
});
export type StatisticsAnswer = z.infer<typeof answer>;

export const pending = z.object({ id, status: z.literal('pending') });

/** From the web to the worker. */
export const requests = queue('statistics-requests', { message: request });
/** From the worker to the web. */
export const responses = queue('statistics-responses', { message: answer });
/** What the web knows of each request: a partition for each, so that no two users meet. */
export const answers = table('statistics-answers', { document: z.discriminatedUnion('status', [pending, answer]) });
/** One object for each operation. */
export const log = bucket('statistics-log');

export const answerKey = (id: string) => ({ partition: id, id: 'answer' });

/** Of a day's operations a list of the prefix `2026-11-21/` has all. */
export const logKey = ({ id, askedAt }: StatisticsRequest): string => `${askedAt.slice(0, 10)}/${id}.json`;
