import { afterAll, beforeAll, expect, test } from 'vitest';
import { allowOrigin, answerPreflight, type CorsRule } from '../../../handlers/aws/sandbox/cors.ts';
import { type Loopback, openServer } from '../../../handlers/aws/sandbox/loopback.ts';

const RULES: readonly CorsRule[] = [
  { origins: ['https://*.example.com'], methods: ['PUT'], headers: ['content-type'], exposed: ['ETag'], maxAge: 60 },
  { origins: ['*'], methods: ['GET', 'HEAD'], headers: ['x-amz-*'], exposed: [], maxAge: undefined },
];
let server: Loopback;
beforeAll(async () => {
  server = await openServer(
    async (request, response) => {
      const rules = request.url === '/none' ? [] : RULES;
      if (request.method === 'OPTIONS') return answerPreflight(request, response, rules);
      allowOrigin(request, response, rules);
      response.writeHead(404).end();
    },
    (response) => void response.destroy(),
  );
});
afterAll(() => server.close());

const preflight = async (origin: string, method: string, names = '', path = '/') => {
  const headers: Record<string, string> = { origin, 'access-control-request-method': method };
  if (names !== '') headers['access-control-request-headers'] = names;
  return fetch(new URL(path, server.address), { method: 'OPTIONS', headers });
};

test('the first rule that has the origin, the method and every header answers', async () => {
  const own = await preflight('https://a.example.com', 'PUT', 'Content-Type');
  expect(own.status).toBe(200);
  expect(Object.fromEntries(own.headers)).toMatchObject({
    'access-control-allow-origin': 'https://a.example.com',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'content-type',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '60',
  });
  const anybody = await preflight('https://a.example.com', 'GET', 'x-amz-date, X-Amz-Meta-A');
  expect(Object.fromEntries(anybody.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': 'x-amz-date, x-amz-meta-a',
  });
  for (const name of ['credentials', 'expose-headers'])
    expect(anybody.headers.has(`access-control-${name}`)).toBe(false);
  expect(anybody.headers.has('access-control-max-age')).toBe(false);
});

test.each([
  ['another origin', 'https://example.com', 'PUT', 'content-type', '/', 403],
  ['another method', 'https://a.example.com', 'DELETE', '', '/', 403],
  ['another header', 'https://a.example.com', 'PUT', 'content-type, authorization', '/', 403],
  ['a bucket without rules', 'https://a.example.com', 'GET', '', '/none', 403],
  ['a method that S3 has not', 'https://a.example.com', 'PATCH', '', '/', 400],
])('%s is refused', async (_, origin, method, names, path, status) => {
  const refused = await preflight(origin, method, names, path);
  expect([refused.status, refused.headers.has('access-control-allow-origin')]).toEqual([status, false]);
});

test('an answer, also an error, says who may see it; one that nobody may says nothing', async () => {
  const ask = async (origin: string, method: string) => {
    const answer = await fetch(server.address, { method, headers: { origin } });
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  expect(await ask('https://a.example.com', 'PUT')).toEqual([404, 'https://a.example.com']);
  expect(await ask('https://example.com', 'GET')).toEqual([404, '*']);
  expect(await ask('https://example.com', 'PUT')).toEqual([404, null]);
});
