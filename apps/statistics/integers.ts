import { z } from 'zod';

/** Numbers of one list. With `MOST_DIGITS` a list fits into a message of every room's queue. */
export const MOST_NUMBERS = 1_000;
/** Digits of one number. */
export const MOST_DIGITS = 100;

const INTEGER = new RegExp(`^[+-]?\\d{1,${MOST_DIGITS}}$`);
const SHOWN = 40;

function isInteger(given: unknown): given is string | number {
  return typeof given === 'string' ? INTEGER.test(given) : Number.isSafeInteger(given);
}

const refusal = (given: unknown): string =>
  `${JSON.stringify(given)?.slice(0, SHOWN)} must be a whole number such as 42 or -7, of at most ${MOST_DIGITS} digits`;

const integer = z
  .unknown()
  .refine(isInteger, { error: ({ input }) => refusal(input) })
  .meta({
    description: 'Beyond 2^53 write it as a string if what makes your JSON knows no such numbers.',
    anyOf: [{ type: 'integer' }, { type: 'string', pattern: INTEGER.source }],
  });

/** What a request asks for. */
export const asked = z
  .strictObject({
    numbers: z
      .array(integer, 'must be a list of whole numbers')
      .min(1, 'must have at least one number')
      .max(MOST_NUMBERS, `must have at most ${MOST_NUMBERS} numbers`),
  })
  .meta({ examples: [{ numbers: [4, 5, 2, 35, 2452] }] });

/** The one text of each number of a list that was accepted: no plus sign, no leading zeros. */
export function canonical(numbers: readonly unknown[]): string[] {
  return numbers.map((given) => String(BigInt(given as string | number)));
}

/** The items of a list as people write it: `4, 5, 2`, `[4 5 2]` or one on each line. */
export function itemsOf(text: string): string[] {
  return text.split(SEPARATORS).filter((item) => item !== '');
}

const SEPARATORS = /[\s,;[\]]+/;
