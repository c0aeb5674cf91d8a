import { length, map, workflow } from 'skein';
import { z } from 'zod';
import { getInputData } from './steps/get-input-data.ts';
import { mapper } from './steps/mapper.ts';
import { reducer } from './steps/reducer.ts';
import { shuffler } from './steps/shuffler.ts';
import { totals } from './steps/totals.ts';
import { MAX_SPLITS } from './text/plan-splits.ts';
import { TOKENIZERS } from './text/tokenizers.ts';

export const wordCountInput = z.object({
  /** Texts whose keys begin so are counted. */
  prefix: z.string().max(1024).default(''),
  tokenizer: z.enum(TOKENIZERS).default('T1'),
  /** How many mappers, spread by size. @default about one a MiB, and one a text at least */
  splits: z.number().int().min(1).max(MAX_SPLITS).optional(),
  reducers: z.number().int().min(1).max(64).default(4),
});

/** Counts the words of the texts under a prefix. Neither splits nor reducers nor retries change what it finds. */
export const wordCount = workflow('word-count', {
  description: 'Counts the words of many texts: MapReduce over a bucket.',
  input: wordCountInput,
  run: ({ prefix, tokenizer, splits, reducers }) => {
    const input = getInputData({ prefix, splits });
    const { folder, plan } = input;
    const mapped = map(input.splits, (place, split) => mapper({ folder, plan, place, split, tokenizer, reducers }));
    const shuffled = shuffler({ folder, mapped });
    const reduced = map(shuffled.partitions, (partition) => reducer({ folder, partition }));
    return totals({ files: input.files, splits: length(input.splits), total: shuffled.total, reduced });
  },
});
