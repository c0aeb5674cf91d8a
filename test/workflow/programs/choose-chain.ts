import { z } from 'zod';
import { and, choose, eq, gte, lt, ne, not, or, present, some, step, workflow } from '../../../core/index.ts';

const notify = step('notify', {
  input: z.object({ to: z.string(), text: z.string() }),
  output: z.object({ id: z.string() }),
  run: ({ to }) => ({ id: `to ${to}` }),
});

/** Every kind of condition; two of the branches do nothing, and a literal is never taken for a path or a template. */
export default workflow('choose-chain', {
  input: z.object({
    status: z.enum(['new', 'paid', 'lost']),
    score: z.number(),
    urgent: z.boolean(),
    contact: z.object({ mail: z.string() }).nullable(),
  }),
  run: (input) =>
    choose(
      [
        [and(eq(input.status, 'new'), lt(input.score, 10)), () => 'too small'],
        [or(input.urgent, gte(input.score, 90)), () => notify({ to: 'desk', text: '$.status is {not} a "path"' }).id],
        [
          and(present(input.contact), ne(input.status, 'lost')),
          () => notify({ to: some(input.contact).mail, text: 'hello' }).id,
        ],
        [not(input.urgent), () => null],
      ],
      () => 'nobody',
    ),
});
