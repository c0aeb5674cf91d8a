import type { Context, Hono } from 'hono';
import { invalidInput, problem } from 'skein';
import { own } from './own.ts';
import { refusal } from './refusal.ts';
import { asked } from './riemann.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** The lab's handout, its load test and its published solutions all call the same service by different names. */
const NAMES = ['/numericalintegralservice', '/integral', '/numericalintegral', '/api/numericalintegralservice'];

/** The lab's routes, `POST /integrals` for an expression of one's own, and what the page needs. */
export function routes(api: Hono): Hono {
  const sums = answered((c) => c.json(asked({ path: c.req.param(), query: c.req.queries() }, ['lower', 'upper'])));
  const named = answered((c) => c.json(asked({ path: {}, query: c.req.queries() }, ['a', 'b'])));
  for (const name of NAMES)
    for (const path of [name, `${name}/:lower`, `${name}/:lower/:upper`]) api.get(path, sums).get(`${path}/`, sums);
  api.get('/api/integrate', sums).get('/api/integrate/', sums);
  api.get('/api/calculate_integral', named).get('/api/calculate_integral/', named);
  api.post(
    '/integrals',
    answered(async (c) => c.json(own(parsed(await c.req.text())))),
  );
  api.get('/apps/integral/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  api.get('/apps/integral/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  return api;
}

/** A handler whose `InvalidInput` becomes a 400; anything else is the room's business. */
function answered(handler: (c: Context) => Response | Promise<Response>): (c: Context) => Promise<Response> {
  return async (c) => {
    try {
      return await handler(c);
    } catch (thrown) {
      const refused = refusal(thrown);
      if (refused === undefined) throw thrown;
      return problem({ status: 400, code: 'InvalidInput', ...refused });
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput('body is not JSON', 'body');
  }
}
