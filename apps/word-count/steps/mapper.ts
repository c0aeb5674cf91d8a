import { type BucketReader, Failure, step } from 'skein';
import { z } from 'zod';
import { corpus, work } from '../buckets.ts';
import { inTurns } from '../runs/in-turns.ts';
import { countText } from '../text/count-text.ts';
import { ownLines } from '../text/own-lines.ts';
import type { Range, Split } from '../text/plan-splits.ts';
import { TOKENIZERS } from '../text/tokenizers.ts';
import { names } from './names.ts';
import { RETRY } from './retry.ts';

export const mapped = z.object({
  /** Words, repeats included. */
  total: z.number(),
  /** For each spill the partitions that have a run of it: bit n of a hexadecimal number. */
  runs: z.array(z.string()),
});

/** Counts the words of one split, and writes a sorted run for each partition. */
export const mapper = step('Mapper', {
  description: 'Counts the words of one split into a sorted run for each reducer.',
  input: z.object({
    folder: z.string(),
    plan: z.string(),
    /** Where the split stands in the plan. */
    place: z.object({ from: z.number(), to: z.number() }),
    split: z.number(),
    tokenizer: z.enum(TOKENIZERS),
    reducers: z.number(),
  }),
  output: mapped,
  uses: { corpus: corpus.read, work: work.all },
  isolate: 'cpu',
  retry: RETRY,
  run: async ({ folder, plan, place, split, tokenizer, reducers }, { corpus, work, signal }) => {
    const ranges = await readSplit(work, plan, place);
    const masks: string[] = [];
    const texts = ranges.map((range) => ownLines(reader(corpus, range, signal), range));
    const total = await countText(texts, { tokenizer, partitions: reducers }, async (runs) => {
      const spill = masks.length;
      masks.push(runs.reduce((mask, { partition }) => mask | (1n << BigInt(partition)), 0n).toString(16));
      await inTurns(runs, 8, ({ partition, bytes }) => work.put(names.run(folder, split, spill, partition), bytes));
    });
    return { total, runs: masks };
  },
});

async function readSplit(work: BucketReader, plan: string, place: { from: number; to: number }): Promise<Split> {
  const object = await work.get(plan, place);
  if (object === undefined) throw new Failure({ name: 'PlanLost', message: `nothing is kept under ${plan}` });
  return JSON.parse(await object.text()) as Split;
}

/** @throws `InputChanged` where the text is not the one that was planned for: its splits would not fit each other. */
function reader(corpus: BucketReader, { key, etag }: Range, signal: AbortSignal) {
  return async (from: number, to: number): Promise<Uint8Array> => {
    signal.throwIfAborted();
    const object = await corpus.get(key, { from, to });
    if (object?.etag !== etag) {
      const message = `the text '${key}' ${object === undefined ? 'was deleted' : 'changed'} while it was being counted`;
      throw new Failure({ name: 'InputChanged', message, data: { key } });
    }
    return object.bytes();
  };
}
