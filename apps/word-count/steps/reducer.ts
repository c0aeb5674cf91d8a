import { Failure, step } from 'skein';
import { z } from 'zod';
import { work } from '../buckets.ts';
import { mergeRuns } from '../runs/merge-runs.ts';
import { openRuns } from '../runs/open-runs.ts';
import { toStream } from '../runs/to-stream.ts';
import { TopWords } from '../runs/top-words.ts';
import { names } from './names.ts';
import { RETRY } from './retry.ts';

export const reduced = z.object({
  /** Distinct words. */
  words: z.number(),
  /** Words, repeats included. */
  total: z.number(),
  /** The object with `word<TAB>count<LF>`, sorted by the words' bytes. */
  key: z.string(),
  top: z.array(z.tuple([z.string(), z.number()])),
});

/** Adds up the counts of the words of one partition, in bounded memory. */
export const reducer = step('Reducer', {
  description: 'Merges the runs of one partition and adds up the counts of each word.',
  input: z.object({ folder: z.string(), partition: z.number() }),
  output: reduced,
  uses: { work: work.all },
  isolate: 'cpu',
  retry: RETRY,
  run: async ({ folder, partition }, { work, signal }) => {
    const list = await work.get(names.runList(folder, partition));
    if (list === undefined)
      throw new Failure({ name: 'RunLost', message: `partition ${partition} has no list of runs` });
    const cursors = await openRuns(work, JSON.parse(await list.text()) as string[]);
    const top = new TopWords();
    let words = 0;
    let total = 0;
    const merged = mergeRuns(cursors, (word, count) => {
      // Now and then is often enough: a check for every word would cost more than the merge.
      if ((++words & 0xfff) === 0) signal.throwIfAborted();
      total += count;
      top.see(word, count);
    });
    const { key } = await work.put(names.part(folder, partition), toStream(merged), {
      contentType: 'text/plain; charset=utf-8',
    });
    return { words, total, key, top: top.list() };
  },
});
