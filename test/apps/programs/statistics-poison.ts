// The app, and a route by which anything gets into its queue.
import { app, http, queue } from 'skein';
import statistics from '../../../apps/statistics/index.ts';
import { requests } from '../../../apps/statistics/resources.ts';

const routes = http('poison', {
  uses: { anything: queue(requests.name).write },
  routes: (api, { anything }) => {
    api.post('/poison', async (c) => c.json(await anything.send(await c.req.json()), 202));
    return api;
  },
});

export default [statistics, app('poison', { http: [routes] })];
