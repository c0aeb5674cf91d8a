import { appendFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, map, step, workflow } from 'skein';
import { z } from 'zod';

/** Steps in turn, each of which says that it was run; the one of item `wait` waits for a file. */
const turn = step('turn', {
  input: z.object({ item: z.number(), wait: z.number(), gate: z.string(), log: z.string() }),
  output: z.number(),
  run: async ({ item, wait, gate, log }, { idempotencyKey, signal }) => {
    await appendFile(log, `${idempotencyKey}\n`);
    while (item === wait && !(await exists(gate))) await sleep(10, undefined, { signal });
    return item * item;
  },
});

const slow = workflow('slow', {
  input: z.object({ items: z.array(z.number()), wait: z.number(), gate: z.string(), log: z.string() }),
  run: (input) =>
    map(input.items, (item) => turn({ item, wait: input.wait, gate: input.gate, log: input.log }), { concurrency: 1 }),
});

export default app('slow', { workflows: [slow] });

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
