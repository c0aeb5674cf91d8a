import { step } from 'skein';
import { z } from 'zod';
import { work } from '../buckets.ts';
import { inTurns } from '../runs/in-turns.ts';
import { mapped } from './mapper.ts';
import { names } from './names.ts';
import { RETRY } from './retry.ts';

/** Says which runs make up each partition. Only names pass through here, and the lists of them are kept in the work bucket. */
export const shuffler = step('Shuffler', {
  description: 'Lists for each reducer the runs that it merges.',
  input: z.object({ folder: z.string(), mapped: z.array(mapped) }),
  uses: { work: work.write },
  retry: RETRY,
  run: async ({ folder, mapped }, { work }) => {
    const lists = new Map<number, string[]>();
    for (const [split, { runs }] of mapped.entries())
      for (const [spill, mask] of runs.entries())
        for (const partition of bits(BigInt(`0x${mask}`))) {
          const list = lists.get(partition) ?? [];
          list.push(names.run(folder, split, spill, partition));
          lists.set(partition, list);
        }
    const partitions = [...lists.keys()].sort((a, b) => a - b);
    await inTurns(partitions, 8, (partition) =>
      work.put(names.runList(folder, partition), JSON.stringify(lists.get(partition)), {
        contentType: 'application/json',
      }),
    );
    return { partitions, total: mapped.reduce((sum, { total }) => sum + total, 0) };
  },
});

function* bits(mask: bigint): Generator<number, void, undefined> {
  for (let bit = 0, rest = mask; rest > 0n; bit++, rest >>= 1n) if (rest & 1n) yield bit;
}
