import { app, bucket, Failure, map, step, waitFor, workflow } from 'skein';
import { z } from 'zod';

/** An app with one workflow for each thing that a run can do; tests of the server and of the command line use it. */
const desk = bucket('desk');

const greetStep = step('greet', {
  input: z.object({ name: z.string() }),
  output: z.object({ greeting: z.string() }),
  run: ({ name }) => ({ greeting: `Hello, ${name}` }),
});
const greet = workflow('greet', {
  input: z.object({ name: z.string() }),
  run: (input) => greetStep({ name: input.name }),
});
const welcome = workflow('welcome', {
  input: z.object({ name: z.string().default('you') }),
  public: true,
  run: (input) => greetStep({ name: input.name }),
});

const file = step('file', {
  input: z.object({ by: z.string() }),
  uses: { desk: desk.write },
  run: async ({ by }, { desk }) => {
    await desk.put('approved.txt', by);
    return by;
  },
});
const approve = workflow('approve', {
  run: () => {
    const approved = waitFor('approved', { schema: z.object({ by: z.string() }) });
    return file({ by: approved.by });
  },
});

const refuse = step('refuse', {
  input: z.object({}),
  run: () => {
    throw new Failure({ name: 'Refused', message: 'the answer is no', data: { why: 'closed' } });
  },
});
const failing = workflow('failing', { run: () => refuse({}) });

const echo = step('echo', { input: z.number(), run: (value) => value });
const many = workflow('many', {
  input: z.object({ items: z.array(z.number()) }),
  run: (input) => map(input.items, (item) => echo(item)),
});

export default app('office', { title: 'Office', workflows: [greet, welcome, approve, failing, many] });
