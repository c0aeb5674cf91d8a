import { app, http, map, readJson, step, workflow } from 'skein';
import { z } from 'zod';

// A step is plain code: it may call anything, and is tried again when it fails.
const greet = step('greet', {
  input: z.string(),
  retry: { attempts: 3 },
  run: (name) => `Hello, ${name}!`,
});

// A workflow says which steps run, and in what order; it survives a crash of the machine that it runs on.
export const greetAll = workflow('greet-all', {
  input: z.object({ names: z.array(z.string()) }),
  run: (input) => map(input.names, (name) => greet(name)),
});

export const routes = http('greetings', {
  uses: { greetAll: greetAll.start },
  routes: (api, { greetAll }) =>
    api
      .get('/hello/:name', (c) => c.json({ greeting: `Hello, ${c.req.param('name')}!` }))
      .post('/greetings', async (c) => c.json(await greetAll.start(await readJson(c, names)), 202)),
});

export default app('{{name}}', { workflows: [greetAll], http: [routes] });
