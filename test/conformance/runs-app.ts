import { app, Failure, map, step, waitFor, workflow } from 'skein';
import { z } from 'zod';

const greetStep = step('greet', {
  input: z.object({ name: z.string() }),
  run: ({ name }) => ({ greeting: `Hello, ${name}` }),
});
const greet = workflow('greet', {
  input: z.object({ name: z.string().default('you') }),
  run: (input) => greetStep({ name: input.name }),
});

const refuse = step('refuse', {
  input: z.object({}),
  run: () => {
    throw new Failure({ name: 'Refused', message: 'the answer is no', data: { why: 'closed' } });
  },
});
const failing = workflow('failing', { run: () => refuse({}) });

const flaky = step('flaky', {
  input: z.object({}),
  retry: { attempts: 3, on: ['Flaky'] },
  run: (_, { attempt }) => {
    if (attempt < 2) throw new Failure({ name: 'Flaky', message: 'not yet' });
    return attempt;
  },
});
const retrying = workflow('retrying', { run: () => flaky({}) });

const echo = step('echo', { input: z.number(), run: (value) => value });
const many = workflow('many', {
  input: z.object({ items: z.array(z.number()) }),
  run: (input) => map(input.items, (item) => echo(item)),
});

const approval = z.object({ by: z.string() });
const approve = workflow('approve', {
  run: () => waitFor('approved', { schema: approval }).by,
});
const both = step('both', {
  input: z.object({ first: z.string(), second: z.string() }),
  run: (value) => value,
});
const approveTwice = workflow('approve-twice', {
  run: () => {
    const first = waitFor('approved', { schema: approval });
    const second = waitFor('approved', { schema: approval });
    return both({ first: first.by, second: second.by });
  },
});
const impatient = workflow('impatient', { run: () => waitFor('never', { timeout: 1 }) });

/** What the laws run: a room is opened with it. */
export const RUNS_APP = app('runs', {
  workflows: [greet, failing, retrying, many, approve, approveTwice, impatient],
});
