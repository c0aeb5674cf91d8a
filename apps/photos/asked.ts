import { z } from 'zod';
import { line } from '../line.ts';
import type { Images } from './images.ts';
import { MOST_BYTES } from './variants.ts';

/** Characters of a title. */
export const TITLE = 100;

/** What somebody asks for who wants to upload a picture. */
export const askedOf = ({ capabilities }: Images) =>
  z.strictObject({
    title: line(TITLE).default('Untitled'),
    type: z.enum(capabilities.reads, `must be one of ${capabilities.reads.join(', ')}`),
    bytes: z
      .int('must be a whole number')
      .min(1, 'an empty file is no picture')
      .max(MOST_BYTES, `must be at most ${MOST_BYTES} (${MOST_BYTES / 1_048_576} MiB)`),
  });
