import { app, consume, http, queue, table } from 'skein';
import { z } from 'zod';

export const letters = queue('letters', { message: z.object({ to: z.string() }) });
export const mailbox = table('mailbox', { document: z.object({ to: z.string() }) });

const routes = http('post', {
  uses: { letters: letters.write },
  routes: (api, { letters }) => {
    api.post('/post', async (c) => c.json(await letters.send(await c.req.json()), 202));
    return api;
  },
});

const carrier = consume(letters, {
  uses: { mailbox: mailbox.write },
  run: async ({ to }, { mailbox, idempotencyKey }) => {
    if (to === 'nobody') throw Object.assign(new Error('to: there is nobody'), { name: 'InvalidInput' });
    await mailbox.put({ partition: to, id: idempotencyKey }, { to });
  },
});

/** Letters are sent into a queue and put into mailboxes. */
export default app('post', { title: 'Post', http: [routes], triggers: [carrier] });
