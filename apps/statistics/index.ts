import { app } from 'skein';
import { keeper } from './keeper.ts';
import { page } from './page.tsx';
import { routes } from './routes.ts';
import { worker } from './worker.ts';

export default app('statistics', {
  title: 'Statistics',
  description: 'Min, max, median and mean of whole numbers of any size, by way of two queues and a worker.',
  http: [routes],
  triggers: [worker, keeper],
  page,
});
