import type { Context, Hono } from 'hono';
import { describe } from 'skein';
import { z } from 'zod';
import { own } from './own.ts';
import { asked } from './riemann.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** The lab's handout, its load test and its published solutions all call the same service by different names. */
const NAMES = ['/numericalintegralservice', '/integral', '/numericalintegral', '/api/numericalintegralservice'];

/** A parameter as the document has it; `asked` and `own` are what refuses a wrong one, in the words that their clients know. */
const said = (description: string, schema: Readonly<Record<string, unknown>>) =>
  z
    .unknown()
    .optional()
    .meta({ description, ...schema });
const bound = { type: 'string', examples: ['0'] };
const more = {
  n: said('Subintervals of the one sum; without it there are seven sums.', { type: 'integer', minimum: 1 }),
  rule: said('Where in its subinterval the function is taken.', { enum: ['left', 'midpoint'], default: 'midpoint' }),
};

/** Of the two bounds, those that are not in the path are in the query. */
const sumsDescription = (path: string, [from, to]: readonly [string, string] = ['lower', 'upper']) => {
  const bounds = { [from]: said('Where it begins.', bound), [to]: said('Where it ends.', bound) };
  const queried = Object.entries(bounds).filter(([name]) => !path.includes(`:${name}`));
  return describe({
    summary: 'Rectangle sums of |sin x|',
    query: z.looseObject({ ...Object.fromEntries(queried), ...more }),
    responses: { 200: { description: '`{ lower, upper, rule, results: [{ n, value }] }`, one result for each sum.' } },
  });
};

const ownDescription = describe({
  summary: 'The integral of an expression of your own',
  description: 'Of one variable. A bound is a number, `"inf"` or `"-inf"`.',
  body: z.unknown().meta({
    type: 'object',
    properties: {
      f: { type: 'string', description: 'The expression.' },
      variables: { type: 'object', description: "The variable's name, and its two bounds." },
      relTol: { type: 'number' },
      absTol: { type: 'number' },
      breakpoints: { type: 'array', items: { type: 'number' }, description: 'Where it is not smooth.' },
    },
    required: ['f', 'variables'],
    examples: [{ f: 'exp(-x^2)', variables: { x: ['-inf', 'inf'] } }],
  }),
  responses: { 200: { description: '`{ value, error, evaluations, converged }`.' } },
});

/** The lab's routes, `POST /integrals` for an expression of one's own, and what the page needs. */
export function routes(api: Hono): Hono {
  const sums = (c: Context) => c.json(asked({ path: c.req.param(), query: c.req.queries() }, ['lower', 'upper']));
  const named = (c: Context) => c.json(asked({ path: {}, query: c.req.queries() }, ['a', 'b']));
  for (const name of [...NAMES.flatMap((one) => [one, `${one}/:lower`, `${one}/:lower/:upper`]), '/api/integrate'])
    for (const path of [name, `${name}/`]) api.get(path, sumsDescription(path), sums);
  for (const path of ['/api/calculate_integral', '/api/calculate_integral/'])
    api.get(path, sumsDescription(path, ['a', 'b']), named);
  api.post('/integrals', ownDescription, (c) => c.json(own(c.req.valid('json'))));
  api.get('/apps/integral/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  api.get('/apps/integral/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  return api;
}
