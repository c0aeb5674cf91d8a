import { app, http, map, readJson, step, workflow } from 'skein';
import { z } from 'zod';

const Names = z.object({ names: z.array(z.string()) });

// A step is ordinary code, tried again when it fails.
const greet = step('greet', {
  input: z.string(),
  retry: { attempts: 3 },
  run: (name) => `Hello, ${name}!`,
});

// A workflow says which steps run, and in which order. A run survives the process that it runs in.
const greetAll = workflow('greet-all', {
  input: Names,
  run: (input) => map(input.names, (name) => greet(name)),
});

const routes = http('greetings', {
  uses: { greetAll: greetAll.start },
  routes: (api, { greetAll }) =>
    api
      .get('/hello/:name', (c) => c.json({ greeting: `Hello, ${c.req.param('name')}!` }))
      .post('/greetings', async (c) => {
        // The workflow's schema refuses what does not fit, with 400.
        const input = (await readJson(c.req.raw)) as z.input<typeof Names>;
        return c.json(await greetAll.start(input), 202);
      }),
});

export default app('{{name}}', { workflows: [greetAll], http: [routes] });
