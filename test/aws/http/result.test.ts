import { describe, expect, test } from 'vitest';
import { app, http } from '../../../core/index.ts';
import { type HttpResult, lambda, toResult } from '../../../handlers/aws/index.ts';

const rest = { httpMethod: 'GET', path: '/', requestContext: {} };
const api = { rawPath: '/', requestContext: { http: { method: 'GET' } } };
const balancer = { httpMethod: 'GET', path: '/', requestContext: { elb: {} }, headers: {} };
const cookies = (): Response =>
  new Response('hello', {
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', '1'],
      ['x-a', '2'],
    ],
  });

describe('cookies leave as each front wants them', () => {
  const body = { body: 'hello', isBase64Encoded: false };
  const headers = { 'content-type': 'text/plain;charset=UTF-8', 'x-a': '1, 2' };

  test('REST APIs: among the headers of many values', async () => {
    const multiValueHeaders = { 'set-cookie': ['a=1', 'b=2'] };
    expect(await toResult(cookies(), rest)).toEqual({ statusCode: 200, headers, multiValueHeaders, ...body });
  });

  test('HTTP APIs and function URLs: on their own', async () => {
    expect(await toResult(cookies(), api)).toEqual({ statusCode: 200, headers, cookies: ['a=1', 'b=2'], ...body });
  });

  test('load balancers: all headers of many values, or names of their own', async () => {
    const described = { statusCode: 200, statusDescription: '200 OK' };
    const several = { 'content-type': [headers['content-type']], 'x-a': ['1, 2'], 'set-cookie': ['a=1', 'b=2'] };
    const multi = { ...balancer, multiValueHeaders: {} };
    expect(await toResult(cookies(), multi)).toEqual({ ...described, multiValueHeaders: several, ...body });
    const one = { ...headers, 'set-cookie': 'a=1', 'Set-cookie': 'b=2' };
    expect(await toResult(cookies(), balancer)).toEqual({ ...described, headers: one, ...body });
  });

  test('names of their own suffice for any number', async () => {
    const many = Array.from({ length: 50 }, (_, i): [string, string] => ['set-cookie', `c${i}=1`]);
    const { headers = {} } = await toResult(new Response(null, { headers: many }), balancer);
    expect(Object.values(headers)).toHaveLength(50);
    expect(new Set(Object.keys(headers).map((name) => name.toLowerCase()))).toEqual(new Set(['set-cookie']));
  });
});

describe('bytes are base64 where they are no text', () => {
  test.each([
    ['text/plain', false],
    ['text/html; charset=utf-8', false],
    ['application/json', false],
    ['Application/JSON ; charset=utf-8', false],
    ['application/problem+json', false],
    ['application/x-ndjson', false],
    ['application/javascript', false],
    ['application/x-www-form-urlencoded', false],
    ['image/svg+xml', false],
    ['image/png', true],
    ['application/octet-stream', true],
    ['application/wasm', true],
    ['application/jsonish', true],
    ['multipart/form-data; boundary=json', true],
  ])('%s: %s', async (type, expected) => {
    const response = new Response(Buffer.from('abc'), { headers: { 'content-type': type } });
    const { isBase64Encoded, body } = await toResult(response, api);
    expect([isBase64Encoded, body]).toEqual(expected ? [true, 'YWJj'] : [false, 'abc']);
  });

  test('compressed text, text that is not UTF-8 and bytes of no type are', async () => {
    const of = async (bytes: number[], headers: Record<string, string>) =>
      toResult(new Response(Buffer.from(bytes), { headers }), api);
    expect(await of([0x41], { 'content-type': 'text/plain', 'content-encoding': 'br' })).toMatchObject({
      body: 'QQ==',
    });
    expect(await of([0xe9], { 'content-type': 'text/plain; charset=latin1' })).toMatchObject({ body: '6Q==' });
    expect(await of([0x41], {})).toMatchObject({ body: 'QQ==', isBase64Encoded: true });
    expect(await of([0xef, 0xbb, 0xbf, 0x41], { 'content-type': 'text/plain' })).toMatchObject({ body: '\ufeffA' });
  });

  test('nothing is an empty text', async () => {
    for (const response of [
      new Response(null, { status: 204 }),
      new Response('', { headers: { 'content-type': 'image/png' } }),
    ])
      expect(await toResult(response, api)).toMatchObject({ body: '', isBase64Encoded: false });
  });
});

describe('what goes wrong is answered and logged', () => {
  const logged: unknown[] = [];
  const log = (message: string, fields: unknown): void => void logged.push({ message, fields });
  const broken = http('broken', {
    routes: (hono) =>
      hono
        .get('/throws', () => {
          throw new Error('the secret reason');
        })
        .get(
          '/breaks',
          () => new Response(new ReadableStream({ pull: (c) => c.error(new Error('the secret reason')) })),
        ),
  });

  test.each(['/throws', '/breaks'])('%s', async (path) => {
    logged.length = 0;
    const result = (await lambda(app('broken', { http: [broken] }), { log })({ ...rest, path })) as HttpResult;
    expect(result.statusCode).toBe(500);
    expect(result.body).not.toContain('secret');
    const { id } = JSON.parse(result.body) as { id: string };
    expect(logged).toEqual([
      { message: 'request failed', fields: { id, error: expect.stringContaining('the secret reason') } },
    ]);
  });

  test('a route of two apps’ parts that clash is an error of each request, with its reason in the log', async () => {
    logged.length = 0;
    const twice = http('twice', { routes: (hono) => hono.get('/skein.css', (c) => c.text('mine')) });
    const result = (await lambda(app('twice', { http: [twice] }), { log })(rest)) as HttpResult;
    expect(result.statusCode).toBe(500);
    expect(JSON.stringify(logged)).toContain('/skein.css');
  });

  test('a part that is not known is refused', () => {
    const parts = { logs: log } as object;
    expect(() => lambda(app('none', {}), parts)).toThrow(/lambda: unknown option 'logs'/);
  });
});

describe('the body', () => {
  const streamed = (...chunks: unknown[]): Response =>
    new Response(new ReadableStream({ start: (c) => chunks.forEach((one) => void c.enqueue(one)) ?? c.close() }), {
      headers: { 'content-type': 'text/plain' },
    });
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  test('is all of its chunks, also where one ends within a character', async () => {
    const [first, rest] = [bytes('tea für 2').slice(0, 6), bytes('tea für 2').slice(6)];
    expect(await toResult(streamed(first, rest), api)).toMatchObject({ body: 'tea für 2', isBase64Encoded: false });
    expect(await toResult(streamed(), api)).toMatchObject({ body: '', isBase64Encoded: false });
  });

  test('that was read before, or is no bytes, is an error and not an empty answer', async () => {
    const read = new Response('hello');
    await read.text();
    await expect(toResult(read, api)).rejects.toThrow('was read before');
    await expect(toResult(streamed(bytes('a'), 'b'), api)).rejects.toThrow('no Uint8Array');
  });
});

test('management is shut without a key, and open with it', async () => {
  const list = { ...rest, path: '/runs', headers: { authorization: 'Bearer of-this-function' } };
  const handler = lambda(app('none', {}), { log: () => undefined });
  expect(await handler(list)).toMatchObject({ statusCode: 401 });
  const before = process.env.SKEIN_ADMIN_KEY;
  process.env.SKEIN_ADMIN_KEY = 'of-this-function';
  try {
    expect(await lambda(app('none', {}), { log: () => undefined })(list)).toMatchObject({ statusCode: 503 });
  } finally {
    if (before === undefined) delete process.env.SKEIN_ADMIN_KEY;
    else process.env.SKEIN_ADMIN_KEY = before;
  }
});
