import {
  app,
  bucket,
  consume,
  Failure,
  http,
  map,
  onObject,
  queue,
  schedule,
  secret,
  step,
  table,
  waitFor,
  workflow,
} from 'skein';
import { z } from 'zod';

const Row = z.object({ id: z.string(), attempt: z.number() });
const rows = table('rows');
const inbox = queue('inbox', { attempts: 3 });
const files = bucket('files');
const word = secret('word');

const square = step('square', { input: z.number(), run: (n) => n * n });
const squares = workflow('squares', {
  input: z.object({ items: z.array(z.number()) }),
  run: ({ items }) => map(items, (n) => square(n), { concurrency: 40 }),
});

/** Ends its own process amid the first attempt of the third item, as a machine that fails would. */
const fragile = step('fragile', {
  input: z.number(),
  uses: { rows: rows.all },
  run: async (n, { rows, idempotencyKey, attempt }) => {
    const key = { partition: 'attempts', id: idempotencyKey.replaceAll('/', '.') };
    await rows.put(key, { n, attempt });
    if (n === 3 && attempt === 1) process.kill(process.pid, 'SIGKILL');
    return n * 10;
  },
});
const breaking = workflow('breaking', { run: () => map([1, 2, 3, 4], (n) => fragile(n), { concurrency: 2 }) });

const refuse = step('refuse', {
  input: z.object({}),
  run: (): null => {
    throw new Failure({ name: 'Refused', message: 'the answer is "no"', data: { why: 'closed', code: [4, 2] } });
  },
});
const refusing = workflow('refusing', { run: () => refuse({}) });

/** Lets nothing else run, so that only Lambda itself can end it. */
const stuck = step('stuck', {
  input: z.object({}),
  timeout: 1,
  run: (): null => {
    for (;;) void 0;
  },
});
const sticking = workflow('sticking', { run: () => stuck({}) });

const bye = step('bye', { input: z.object({ by: z.string() }), run: ({ by }) => `bye, ${by}` });
const parting = workflow('parting', {
  run: () => bye({ by: waitFor('leave', { schema: z.object({ by: z.string() }) }).by }),
});

const reach = step('reach', {
  input: z.object({}),
  run: () => ({ env: Object.keys(process.env).sort(), cwd: process.cwd() }),
});
const looking = workflow('looking', { run: () => reach({}) });

const routes = http('lab', {
  uses: { inbox: inbox.write, rows: rows.read, files: files.all, word: word.read },
  routes: (api, { inbox, rows, files, word }) =>
    api
      .post('/lab/send', async (c) => c.json(await inbox.send(await c.req.json())))
      .get('/lab/rows/:partition', async (c) => c.json((await rows.query(c.req.param('partition'))).items))
      .put('/lab/files/:key', async (c) => c.json(await files.put(c.req.param('key'), await c.req.text())))
      .get('/lab/files/:key/urls', async (c) =>
        c.json({
          up: await files.uploadUrl(c.req.param('key'), { contentType: 'text/plain' }),
          down: await files.downloadUrl(c.req.param('key')),
        }),
      )
      .get('/lab/word', async (c) => c.text(await word.get()))
      .get('/lab/process', (c) => c.json({ pid: process.pid }))
      .get('/lab/slow', async (c) => {
        await new Promise((later) => setTimeout(later, 300));
        return c.json({ pid: process.pid });
      }),
});

/** What a sandbox must do: an app that is packaged for tests. */
export default app('lab', {
  workflows: [squares, breaking, refusing, sticking, parting, looking],
  http: [routes],
  triggers: [
    consume(inbox, {
      uses: { rows: rows.write },
      run: async (message, { rows, attempt }) => {
        const { id } = z.object({ id: z.string() }).parse(message);
        if (id === 'bad' && attempt === 1) throw new Error('not yet');
        await rows.put({ partition: 'inbox', id }, Row.parse({ id, attempt }));
      },
    }),
    onObject(files, {
      prefix: 'in ',
      uses: { rows: rows.write },
      run: async ({ key, size }, { rows }) => void (await rows.put({ partition: 'objects', id: key }, { size })),
    }),
    schedule('* * * * *', {
      name: 'tick',
      uses: { rows: rows.write },
      run: async ({ scheduledAt }, { rows }) => void (await rows.put({ partition: 'ticks', id: scheduledAt }, {})),
    }),
  ],
});
