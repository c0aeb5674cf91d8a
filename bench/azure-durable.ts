import { app, map, step, workflow } from 'skein';
import { type Dev, open } from 'skein/azure/dev';
import { z } from 'zod';
import { median } from './rounds.ts';

/**
 * How the time of a map on Durable Functions grows with its items: the real library, whose every episode reads the whole history
 * of its instance again, over the engine of the host, in one process and in memory. The time of one item should stay the same.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SIZES = (process.env.SIZES ?? '100,200,400,800,1600').split(',').map(Number);

const increment = step('increment', { input: z.number(), run: (value) => value + 1 });
const wide = workflow('wide', {
  input: z.object({ items: z.array(z.number()) }),
  run: ({ items }) => map(items, (item) => increment(item)),
});

/** Milliseconds that one map takes. */
async function timeOf(room: Dev, size: number): Promise<number> {
  const items = Array.from({ length: size }, (_, i) => i);
  const started = performance.now();
  const outcome = await room.result((await room.start('wide', { items })).id);
  const took = performance.now() - started;
  if (!('output' in outcome)) throw new Error(`${outcome.error.name}: ${outcome.error.message}`);
  if (JSON.stringify(outcome.output) !== JSON.stringify(items.map((item) => item + 1)))
    throw new Error('a wrong answer');
  return took;
}

const room = await open(app('bench', { workflows: [wide] }), { clock: 'virtual' });
const times = new Map(SIZES.map((size): [number, number[]] => [size, []]));
await timeOf(room, SIZES[0] ?? 100);
for (let round = 1; round <= ROUNDS; round++)
  for (const [size, taken] of times) {
    taken.push(await timeOf(room, size));
    console.log(`round ${round}: ${size} items in ${taken.at(-1)?.toFixed(0)} ms`);
  }
await room.close();
const first = median(times.get(SIZES[0] ?? 100) ?? []) / (SIZES[0] ?? 100);
for (const [size, taken] of times) {
  const each = median(taken) / size;
  console.log(
    `${size} items: ${each.toFixed(3)} ms an item, ${(each / first).toFixed(2)} of what it is for ${SIZES[0]}`,
  );
}
