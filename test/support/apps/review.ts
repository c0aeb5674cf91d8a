import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, attempt, Failure, map, parallel, step, waitFor, when, workflow } from 'skein';
import { z } from 'zod';

/** An app whose run can be watched at each point: one item waits for a file, then the run for a person. */
const read = step('read', {
  input: z.object({ page: z.number(), gate: z.string() }),
  output: z.number(),
  run: async ({ page, gate }, { signal }) => {
    while (page === 3 && !(await exists(gate))) await sleep(10, undefined, { signal });
    return page;
  },
});
const spell = step('spell', { input: z.string(), output: z.string(), run: (text) => text.trim() });
const flaky = step('look up', {
  input: z.string(),
  run: () => {
    throw new Failure({ name: 'NotThere', message: 'no such <b>book</b>' });
  },
});
const print = step('print', { input: z.object({ by: z.string() }), run: ({ by }) => `printed for ${by}` });
const refuse = step('refuse', {
  input: z.object({}),
  run: () => {
    throw new Failure({ name: 'Refused', message: 'no <script>alert(1)</script> \u202edaer', data: { why: 'closed' } });
  },
});

const review = workflow('review', {
  input: z.object({ title: z.string(), pages: z.array(z.number()), gate: z.string() }),
  run: (input) => {
    map(input.pages, (page) => read({ page, gate: input.gate }), { concurrency: 1 });
    parallel(
      () => spell(input.title),
      () =>
        attempt(
          () => flaky(input.title),
          () => null,
        ),
    );
    const verdict = waitFor('verdict', { schema: z.object({ by: z.string(), yes: z.boolean() }), timeout: 86_400 });
    return when(
      verdict.yes,
      () => print({ by: verdict.by }),
      () => 'not printed',
    );
  },
});
const refused = workflow('refused', { run: () => refuse({}) });

export default app('review', {
  title: 'Reviews & prints',
  description: 'Reads pages, waits for a verdict, prints.',
  workflows: [review, refused],
});

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
