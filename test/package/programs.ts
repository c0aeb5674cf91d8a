/** A program with a step that a thread runs. */
export const PROGRAM = `import { app, map, step, workflow } from 'skein';
import { open } from 'skein/local/dev';
import { isMainThread } from 'node:worker_threads';
import { z } from 'zod';

const square = step('square', {
  input: z.number(),
  isolate: 'cpu',
  run: (n) => {
    if (isMainThread) throw new Error('not in a thread');
    return n * n;
  },
});
const squares = workflow('squares', { input: z.array(z.number()), run: (all) => map(all, (n) => square(n)) });
const squaring = app('squaring', { workflows: [squares], module: import.meta.url });
export default squaring;

if (isMainThread) {
  const room = await open(squaring);
  const { id } = await room.start('squares', [1, 2]);
  console.log(JSON.stringify(await room.result(id)), 'in a thread');
  await room.close();
}
`;

/** What types must say, of what is right and what is wrong. */
export const TYPES = `import { type Out, type Ref, step, workflow } from 'skein';
import { integrate } from 'skein/numeric';
import { z } from 'zod';

const size = step('size', { input: z.string(), output: z.number(), run: (text) => text.length });
export const sizes = workflow('sizes', {
  input: z.object({ text: z.string() }),
  run(input) {
    const found = size(input.text);
    // @ts-expect-error a number is not a text
    size(found);
    return found;
  },
});
export const value: number = integrate(Math.sin, 0, 1).value;
// @ts-expect-error it has no such option
integrate(Math.sin, 0, 1, { tolerance: 1 });
export type Both = [Out<number>, Ref<string>];
`;
