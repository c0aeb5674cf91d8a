import { z } from 'zod';
import { app, bucket, http, queue, step, table, waitFor, workflow } from '../../core/index.ts';

export const texts = bucket('texts');
const notes = queue('notes');
export const records = table('records');

const echo = step('echo', { run: (input: unknown) => input });

/** Gives back what it was given. */
const echoing = workflow('echoing', { input: z.unknown(), run: (input) => echo(input) });
/** Waits for an event and gives back its data. */
const hearing = workflow('hearing', {
  run: () => echo(waitFor('word', { schema: z.unknown(), timeout: 86_400 })),
});

const routes = http('probe', {
  uses: { texts: texts.all, notes: notes.all, records: records.all },
  routes: (api, { notes, records }) => {
    api.post('/probe/notes', async (c) => c.json(await notes.send(await c.req.json(), {})));
    api.put('/probe/records/:partition/:id', async (c) =>
      c.json(
        await records.put({ partition: c.req.param('partition'), id: c.req.param('id') }, { text: await c.req.text() }),
      ),
    );
    api.get('/probe/records/:partition/:id', async (c) => {
      const found = await records.get({ partition: c.req.param('partition'), id: c.req.param('id') });
      return found === undefined ? c.notFound() : c.text(String(found.value.text));
    });
    return api;
  },
});

/** An app that has one of everything, for those who knock at all of it. */
export default app('probe', { http: [routes], workflows: [echoing, hearing] });
