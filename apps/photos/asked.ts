import { z } from 'zod';
import { line } from '../line.ts';
import type { Images } from './images.ts';

/** Characters of a title. */
export const TITLE = 100;

/** What somebody asks for who wants to upload a picture. */
export const askedOf = ({ capabilities: { reads, bytes } }: Images) =>
  z.strictObject({
    title: line(TITLE).default('Untitled'),
    type: z.enum(reads, `must be one of ${reads.join(', ')}`),
    bytes: z
      .int('must be a whole number')
      .min(1, 'an empty file is no picture')
      .max(bytes, `must be at most ${bytes} (${bytes / 1_048_576} MiB)`),
  });
