import { validate } from '@readme/openapi-parser';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import apps from '../../apps/index.ts';
import { type App, app, describe as described, http, workflow } from '../../core/index.ts';
import { METHODS, type OpenApi } from '../../core/openapi/openapi.ts';
import { pathTemplates } from '../../core/openapi/path.ts';
import { ROOM_OPERATIONS, START_ROUTE } from '../../core/openapi/room-operations.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import office from '../support/apps/office.ts';
import library from './library.ts';
import { roomRoutes } from './room-routes.ts';

const ROOMS: readonly (readonly [name: string, apps: readonly App[]])[] = [
  ['of the example apps', apps],
  ['of a library and an office', [library, office]],
  ['without apps', []],
];

const documentOf = async (room: Dev): Promise<OpenApi> =>
  (await room.fetch(new Request('http://localhost/openapi.json'))).json() as Promise<OpenApi>;

describe.each(ROOMS)('a room %s', (_, given) => {
  let room: Dev;
  let document: OpenApi;
  beforeAll(async () => {
    room = await open(given);
    document = await documentOf(room);
  });
  afterAll(() => room?.close());

  test('has a document that OpenAPI 3.1 allows', async () => {
    const result = await validate(structuredClone(document) as never);
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toBe('3.1.1');
  });

  test('serves what is in the document, and the document has what it serves', async () => {
    const workflows = given.flatMap((one) => one.workflows);
    const served = new Set<string>();
    for (const { method, path } of await roomRoutes(given)) {
      const paths = path === START_ROUTE ? workflows.map(({ name }) => `/workflows/${name}/runs`) : [path];
      for (const { shape } of paths.flatMap(pathTemplates))
        for (const one of method === 'ALL' ? METHODS : [method.toLowerCase()]) served.add(`${one} ${shape}`);
    }
    const said = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`),
    );
    expect(said.toSorted()).toEqual([...served].toSorted());
  });

  test('names its operations and paths once each', () => {
    const operations = Object.values(document.paths).flatMap((one) => Object.values(one));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ tags }) => tags.length === 0)).toEqual([]);
  });

  test('says the same each time, and no secret', async () => {
    const again = await open(given);
    try {
      expect(await documentOf(again)).toEqual(document);
      expect(JSON.stringify(await documentOf(again))).toBe(JSON.stringify(document));
      expect(JSON.stringify(document)).not.toContain(room.adminKey);
    } finally {
      await again.close();
    }
  });
});

test('what the room says of its own routes is of routes that it has', async () => {
  const routes = (await roomRoutes([])).map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(ROOM_OPERATIONS).filter((route) => !routes.includes(route))).toEqual([]);
});

describe('the document', () => {
  let document: OpenApi;
  beforeAll(async () => {
    const room = await open([library, office]);
    document = await documentOf(room);
    await room.close();
  });

  test('has the input of each workflow', () => {
    const { requestBody, security, tags } = document.paths['/workflows/lend/runs']!.post!;
    expect(requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              title: { type: 'string' },
              days: { default: 14, type: 'integer', minimum: 1, maximum: 2 ** 53 - 1 },
            },
            required: ['title'],
          },
        },
      },
    });
    expect(security).toEqual([{ key: [] }]);
    expect(tags).toEqual(['library']);
    expect(document.paths['/workflows/welcome/runs']!.post!.security).toEqual([]);
    expect(document.paths['/workflows/welcome/runs']!.post!.requestBody!.required).toBe(false);
  });

  test('has what is described', () => {
    const { get } = document.paths['/books/{id}']!;
    expect(get!.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1, maximum: 2 ** 53 - 1 } },
      { name: 'language', in: 'query', required: false, schema: { default: 'en', type: 'string', enum: ['de', 'en'] } },
      { name: 'pages', in: 'query', required: false, schema: { type: 'number' } },
    ]);
    expect(Object.keys(get!.responses)).toEqual(['200', 'default']);
    expect(document.paths['/stock']!.get).toMatchObject({ security: [{ key: [] }], responses: { 401: {} } });
  });

  test('has what is not described, with the parameters of its path', () => {
    expect(document.paths['/plain/{name}/{rest}']!.get).toMatchObject({
      parameters: [
        { name: 'name', in: 'path', required: true, schema: { type: 'string', pattern: '^(?:[a-z]+)$' } },
        { name: 'rest', in: 'path', required: true, schema: { type: 'string' } },
      ],
      responses: { default: { description: 'Not described.' } },
    });
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/maybe', '/maybe/{page}']));
    expect(Object.keys(document.paths['/any']!)).toEqual([...METHODS]);
  });

  test('refers to schemas that hold themselves, and does without those that cannot be written down', () => {
    const schema = document.paths['/trees']!.post!.requestBody!.content['application/json']!.schema;
    expect(schema).toEqual({ $ref: '#/components/schemas/post_trees.body' });
    expect(JSON.stringify(document.components.schemas['post_trees.body'])).toContain(
      '"items":{"$ref":"#/components/schemas/post_trees.body"}',
    );
    expect(document.paths['/dates']!.post!.requestBody!.content['application/json']!.schema).toEqual({
      description: 'Its schema cannot be written as JSON Schema.',
    });
  });

  test('has another version when it says something else, and only then', async () => {
    const version = async (summary: string): Promise<string> => {
      const routes = (api: Hono) => api.get('/x', described({ summary }), (c) => c.text('x'));
      const room = await open(app('one', { http: [http('one', { routes })] }));
      const { info } = await documentOf(room);
      await room.close();
      return info.version;
    };
    expect(await version('One')).toBe(await version('One'));
    expect(await version('One')).not.toBe(await version('Two'));
  });
});

test('paths that differ in the names of their parameters alone are one', async () => {
  const child = z.object({ q: z.string() }).meta({ id: 'Child' });
  const routes = (api: Hono) =>
    api
      .get('/a/:x', described({ summary: 'Get', params: z.object({ x: z.string().length(2) }) }), (c) => c.text('x'))
      .delete('/a/:y', described({ summary: 'Delete', params: z.object({ y: z.uuid() }) }), (c) => c.text('y'))
      .get('/a/:z', (c) => c.text('never'))
      .get('/files/*', (c) => c.text('file'))
      .use('/files/*', async (_, next) => next());
  const one = app('one', {
    workflows: [workflow('pair', { input: z.object({ a: child, b: child }), run: (input) => input.a })],
    http: [http('one', { routes: (api) => api.route('/', routes(new Hono())) })],
  });
  const room = await open(one);
  const document = await documentOf(room);
  await room.close();
  expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  const place = document.paths['/a/{x}']!;
  expect(place.get!.parameters).toMatchObject([{ name: 'x', schema: { minLength: 2 } }]);
  expect(place.delete!.parameters).toMatchObject([{ name: 'x', schema: { format: 'uuid' } }]);
  expect(Object.keys(document.paths['/files/{rest}']!)).toEqual(['get']);
  expect(document.components.schemas['post_workflows_pair_runs.body.Child']).toMatchObject({ required: ['q'] });
});
