import type { Context, Hono } from 'hono';
import { readJson } from 'skein';
import { own } from './own.ts';
import { asked } from './riemann.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** The lab's handout, its load test and its published solutions all call the same service by different names. */
const NAMES = ['/numericalintegralservice', '/integral', '/numericalintegral', '/api/numericalintegralservice'];

/** The lab's routes, `POST /integrals` for an expression of one's own, and what the page needs. */
export function routes(api: Hono): Hono {
  const sums = (c: Context) => c.json(asked({ path: c.req.param(), query: c.req.queries() }, ['lower', 'upper']));
  const named = (c: Context) => c.json(asked({ path: {}, query: c.req.queries() }, ['a', 'b']));
  for (const name of NAMES)
    for (const path of [name, `${name}/:lower`, `${name}/:lower/:upper`]) api.get(path, sums).get(`${path}/`, sums);
  api.get('/api/integrate', sums).get('/api/integrate/', sums);
  api.get('/api/calculate_integral', named).get('/api/calculate_integral/', named);
  api.post('/integrals', async (c) => c.json(own(await readJson(c.req.raw))));
  api.get('/apps/integral/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  api.get('/apps/integral/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  return api;
}
