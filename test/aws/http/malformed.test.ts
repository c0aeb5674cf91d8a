import { describe, expect, test } from 'vitest';
import { app, http } from '../../../core/index.ts';
import { type HttpResult, lambda, toRequest } from '../../../handlers/aws/index.ts';
import { FRONTS } from './fronts.ts';

type Path = readonly (string | number)[];

const echo = http('echo', { routes: (api) => api.all('*', async (c) => c.text(await c.req.text())) });
const handler = lambda(app('echo', { http: [echo] }), { log: () => undefined });

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]))];
}

function changed(event: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(event) as Record<string, unknown>;
  const owner = path.slice(0, -1).reduce<unknown>((one, name) => (one as Record<string, unknown>)[name], copy);
  const name = path.at(-1) as string;
  if (value === undefined) delete (owner as Record<string, unknown>)[name];
  else (owner as Record<string, unknown>)[name] = value;
  return copy;
}

/** The error's name where the event is no HTTP event any more, else the status. */
async function outcome(event: unknown): Promise<number | string> {
  return handler(event).then(
    (result) => (result as HttpResult).statusCode,
    (error: Error) => error.name,
  );
}

describe.each(FRONTS)('$name', (front) => {
  const event = async (): Promise<Record<string, unknown>> =>
    JSON.parse(
      JSON.stringify(
        await front.toEvent(
          new Request('https://api.example/a?b=c', { method: 'POST', body: 'text', headers: { cookie: 'a=1; b=2' } }),
        ),
      ),
    );

  test('any one field may be missing or wrong, and the answer is a clean one', async () => {
    const whole = await event();
    expect(await outcome(whole)).toBe(200);
    for (const path of pathsOf(whole).slice(1))
      for (const value of [undefined, null, 42, '', 'text', {}, [], ['x'], true]) {
        const found = await outcome(changed(whole, path, value));
        expect([200, 400, 404, 'Unsupported'], `${path.join('.')} = ${JSON.stringify(value)}`).toContain(found);
      }
  });

  test.each([
    ['a line feed in a value', { 'x-a': 'b\r\nset-cookie: c' }],
    ['a null in a value', { 'x-a': 'b\u0000c' }],
    ['a line feed in a name', { 'x-a\r\nx-b': 'c' }],
    ['a space in a name', { 'x a': 'b' }],
    ['an empty name', { '': 'b' }],
  ])('%s is refused, naming the field', async (_, headers) => {
    const whole = await event();
    const wrapped = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    const hostile = {
      ...whole,
      headers: { ...headers },
      ...('multiValueHeaders' in whole && { multiValueHeaders: wrapped }),
    };
    expect(() => toRequest(hostile)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', data: { field: 'headers' } }),
    );
    const result = (await handler(hostile)) as HttpResult;
    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body)).toMatchObject({ code: 'InvalidInput', field: 'headers' });
  });

  test.each(['TRACE', 'CONNECT', 'GET / HTTP/1.1\r\nx: y', 'G T', ''])('method %j is refused', async (method) => {
    const whole = await event();
    const hostile = JSON.parse(JSON.stringify(whole).replaceAll('"POST"', JSON.stringify(method))) as unknown;
    expect(() => toRequest(hostile)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', data: { field: 'method' } }),
    );
    expect(await outcome(hostile)).toBe(400);
  });
});

const v1 = { httpMethod: 'GET', path: '/', headers: { host: 'api.example' }, requestContext: { stage: 'dev' } };

describe('the path', () => {
  test.each([
    ['/a b', '/a%20b'],
    ['/a%20b', '/a%20b'],
    ['/a%2520b', '/a%2520b'],
    ['/a%2Fb', '/a%2Fb'],
    ['/a?b', '/a%3Fb'],
    ['/a#b', '/a%23b'],
    ['/a\\b', '/a%5Cb'],
    ['/a\tb\r\nc', '/a%09b%0D%0Ac'],
    ['/%zz', '/%zz'],
    ['/caf\u00e9', '/caf%C3%A9'],
    ['/trailing ', '/trailing%20'],
    ['//evil.example/x', '//evil.example/x'],
    ['http://evil.example/x', '/http://evil.example/x'],
    ['@evil.example/', '/@evil.example/'],
    ['', '/'],
  ])('%j stays what it was', (path, expected) => {
    const url = new URL(toRequest({ ...v1, path }).url);
    expect(url.pathname).toBe(expected);
    expect(url.host).toBe('api.example');
    expect(url.search).toBe('');
  });

  test.each([
    ['/prod/users', 'prod', '/users'],
    ['/prod', 'prod', '/'],
    ['/production/users', 'prod', '/production/users'],
    ['/prod/prod/x', 'prod', '/prod/x'],
    ['/users', 'prod', '/users'],
    ['/users', '$default', '/users'],
  ])('%s in the stage %s of an HTTP API is %s', (rawPath, stage, expected) => {
    const event = { version: '2.0', rawPath, requestContext: { stage, http: { method: 'GET' } } };
    expect(new URL(toRequest(event).url).pathname).toBe(expected);
  });
});

describe('the host', () => {
  test.each([
    'a/b',
    'a@b',
    'user:pw@b',
    'a b',
    'a\r\nb',
    'a?b',
    'a#b',
    '',
    'a\\b',
    '*.example',
    '[::1',
    'a:123456',
  ])('%j is none', (host) => {
    const safe = { ...v1, headers: {}, multiValueHeaders: {} };
    const request = toRequest({ ...safe, requestContext: { domainName: host } });
    expect(new URL(request.url).host).toBe('localhost');
  });

  test('the header counts before the domain, and a load balancer checks health without any', () => {
    const both = { ...v1, requestContext: { domainName: 'other.example' } };
    expect(new URL(toRequest(both).url).host).toBe('api.example');
    const check = {
      requestContext: { elb: { targetGroupArn: 'arn' } },
      httpMethod: 'GET',
      path: '/health',
      queryStringParameters: {},
      headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
      body: '',
      isBase64Encoded: false,
    };
    expect(toRequest(check).url).toBe('http://localhost/health');
  });

  test('only http and https are schemes', () => {
    const of = (scheme: string) => toRequest({ ...v1, headers: { 'x-forwarded-proto': scheme } }).url;
    expect(of('http')).toBe('http://localhost/');
    expect(of('javascript')).toBe('https://localhost/');
  });
});

describe('headers and queries', () => {
  test('names that objects inherit are names like others', () => {
    const event = JSON.parse(
      '{"httpMethod":"GET","path":"/","requestContext":{},"headers":{"__proto__":"a","constructor":"b"},"queryStringParameters":{"__proto__":"c","toString":"d"}}',
    );
    const request = toRequest(event);
    expect(request.headers.get('__proto__')).toBe('a');
    expect(request.headers.get('constructor')).toBe('b');
    expect([...new URL(request.url).searchParams]).toEqual([
      ['__proto__', 'c'],
      ['toString', 'd'],
    ]);
    expect({}).not.toHaveProperty('a');
    const { requestContext: _, ...bare } = event;
    expect(() => toRequest({ ...bare, resource: undefined, httpMethod: undefined })).toThrow(/no HTTP request/);
  });

  test('values of many names count before those of one, whatever the case of the name', () => {
    const event = { ...v1, headers: { 'X-A': 'last', 'x-b': 'only' }, multiValueHeaders: { 'x-a': ['first', 'last'] } };
    expect(toRequest(event).headers.get('x-a')).toBe('first, last');
    expect(toRequest(event).headers.get('x-b')).toBe('only');
  });

  test('what a front read as UTF-8 is bytes again', () => {
    const found = toRequest({ ...v1, headers: { 'x-a': '\u20ac' } }).headers.get('x-a');
    expect(Buffer.from(found ?? '', 'latin1').toString()).toBe('\u20ac');
  });

  test('a declared length that is not the body’s is mended', async () => {
    const event = { ...v1, httpMethod: 'POST', headers: { 'content-length': '3' }, body: 'longer' };
    expect(toRequest(event).headers.get('content-length')).toBe('6');
    expect(toRequest({ ...event, body: null }).headers.get('content-length')).toBe('0');
  });

  test('REST APIs decode queries, load balancers do not', () => {
    const queryStringParameters = { 'a b': '1+1&c=%20' };
    const decoded = new URL(toRequest({ ...v1, queryStringParameters }).url);
    expect([...decoded.searchParams]).toEqual([['a b', '1+1&c=%20']]);
    const elb = { ...v1, requestContext: { elb: {} }, queryStringParameters: { 'a%20b': 'c%26d+e' } };
    expect(new URL(toRequest(elb).url).search).toBe('?a%20b=c%26d+e');
  });
});

describe('a body over GET', () => {
  const event = { ...v1, headers: { 'content-type': 'application/json' }, body: '{"a":1}' };

  test('is read like any other, once, and by a clone too', async () => {
    const request = toRequest(event);
    const clone = request.clone();
    expect(request.method).toBe('GET');
    expect(request.body).toBeInstanceOf(ReadableStream);
    expect(await request.json()).toEqual({ a: 1 });
    expect(request.bodyUsed).toBe(true);
    await expect(request.text()).rejects.toThrow(TypeError);
    expect(await clone.text()).toBe('{"a":1}');
  });

  test('is no part of a copy, which the Web does not allow one', async () => {
    expect(await new Request(toRequest(event)).text()).toBe('');
  });
});
