import { app, http } from 'skein';
import { page } from './page.tsx';
import { routes } from './routes.ts';

export default app('integral', {
  title: 'Numerical integration',
  description: 'Rectangle sums of |sin x| as in the lab, and the integral of an expression of your own with its error.',
  http: [http('integral', { routes })],
  page,
});
