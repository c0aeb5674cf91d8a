import { app, map, parallel, step, waitFor, workflow } from 'skein';
import { z } from 'zod';

/** A workflow that no room can run: it waits inside a fan-out. */
const one = step('one', { input: z.number(), run: (value) => value });

export default app('wrong', {
  workflows: [
    workflow('wrong', {
      run: () =>
        parallel(
          () => map([1], (item) => one(item)),
          () => waitFor('never'),
        ),
    }),
  ],
});
