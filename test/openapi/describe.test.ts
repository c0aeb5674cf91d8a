import { Hono } from 'hono';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, describe as group, test } from 'vitest';
import { z } from 'zod';
import { describe } from '../../core/index.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import library from './library.ts';

let room: Dev;
beforeAll(async () => {
  room = await open(library);
});
afterAll(() => room.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  room.fetch(new Request(`http://localhost${path}`, { headers }));
const post = (path: string, body: unknown): Promise<Response> =>
  room.fetch(new Request(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body) }));

group('what fits', () => {
  test('reaches the handler as its schema leaves it', async () => {
    expect(await (await get('/books/7')).json()).toEqual({ id: 7, title: 'Book 7 (en)' });
    expect(await (await get('/books/7?language=de&pages=12')).json()).toEqual({
      id: 7,
      title: 'Book 7 (de)',
      pages: 12,
    });
  });

  test('needs no content type, and need not be JSON afterwards', async () => {
    const added = await post('/books', { title: 'Emma', isbn: 'dropped' });
    expect([added.status, await added.json()]).toEqual([201, { title: 'Emma' }]);
    expect(await (await post('/dates', { on: '2024-02-29T00:00:00Z' })).json()).toEqual({ year: 2024 });
  });
});

group('what does not fit is a 400 that names the field', () => {
  test.for([
    ['/books/0', 'id'],
    ['/books/seven', 'id'],
    ['/books/7?language=fr', 'language'],
    ['/books/7?pages=many', 'pages'],
    ['/books/7?pages=1&pages=2', 'pages'],
  ] as const)('%s', async ([path, field]) => {
    const response = await get(path);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({ status: 400, code: 'InvalidInput', field });
    expect((problem as { detail: string }).detail).toMatch(new RegExp(`^${field}: `));
  });

  test('in a body', async () => {
    expect(await (await post('/books', { title: '' })).json()).toMatchObject({ status: 400, field: 'title' });
    expect(await (await post('/books', [])).json()).toMatchObject({ status: 400, field: 'body' });
    const broken = new Request('http://localhost/books', { method: 'POST', body: '{' });
    expect(await (await room.fetch(broken)).json()).toMatchObject({ status: 400, field: 'body' });
  });
});

group('a route that is not public', () => {
  test('asks for the admin key', async () => {
    expect((await get('/stock')).status).toBe(401);
    expect((await get('/stock', { authorization: 'Bearer wrong' })).status).toBe(401);
    const response = await get('/stock', { authorization: `Bearer ${room.adminKey}` });
    expect([response.status, await response.json()]).toEqual([200, { count: 0 }]);
  });

  test('asks for it under each method that Hono answers by it', async () => {
    expect((await room.fetch(new Request('http://localhost/stock', { method: 'HEAD' }))).status).toBe(401);
  });
});

test('schemas of any library will do', async () => {
  const api = new Hono().get('/', describe({ summary: 'One', query: v.object({ q: v.string() }) }), (c) =>
    c.text(c.req.valid('query').q),
  );
  expect(await (await api.request('/?q=x')).text()).toBe('x');
});

test('a wrong option is a TypeError that names it', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /summary/],
    [{ summary: '' }, /summary/],
    [{ summary: 'x', schema: z.string() }, /unknown option 'schema'/],
    [{ summary: 'x', body: { type: 'object' } }, /'x': body must be a Standard Schema/],
    [{ summary: 'x', responses: { 99: { description: 'x' } } }, /99 is no status/],
    [{ summary: 'x', responses: { 200: {} } }, /200 needs a description/],
    [{ summary: 'x', responses: { 200: { description: 'x', schema: 1 } } }, /schema of 200/],
  ];
  for (const [options, message] of wrong) {
    expect(() => describe(options as { summary: string })).toThrow(TypeError);
    expect(() => describe(options as { summary: string })).toThrow(message);
  }
});

/** Never called: the compiler checks it. */
const typed = () =>
  new Hono().post(
    '/:id',
    describe({ summary: 'One', params: z.object({ id: z.coerce.number() }), body: z.object({ n: z.number() }) }),
    (c) => {
      const id: number = c.req.valid('param').id;
      const n: number = c.req.valid('json').n;
      // @ts-expect-error it is a number
      const text: string = c.req.valid('json').n;
      // @ts-expect-error no such field
      c.req.valid('json').m;
      // @ts-expect-error no query is described
      c.req.valid('query');
      return c.json({ id, n, text });
    },
  );

test('the compiler is what checks the types', () => {
  expect(typed).toBeTypeOf('function');
});
