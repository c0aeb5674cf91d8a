import { expect, test } from 'vitest';
import { routeFor } from '../../../handlers/aws/sandbox/routes.ts';

const KEYS = ['$default', 'ANY /queues/{proxy+}', 'ANY /queues', 'GET /queues/{proxy+}', 'GET /queues/one'];
const routes = KEYS.map((key) => ({ key, function: `arn of ${key}` }));

test.each([
  ['GET', '/', '$default'],
  ['GET', '/queues', 'ANY /queues'],
  ['HEAD', '/queues/', '$default'],
  ['GET', '/queues/one', 'GET /queues/one'],
  ['POST', '/queues/one', 'ANY /queues/{proxy+}'],
  ['GET', '/queues/one/dead', 'GET /queues/{proxy+}'],
  ['GET', '/queuesque', '$default'],
])('%s %s is for the most specific route', (method, path, key) => {
  expect(routeFor(routes, method, path)?.key).toBe(key);
});

test('without a route there is none', () => {
  expect(routeFor(routes.slice(1), 'GET', '/elsewhere')).toBeUndefined();
});
