import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { client, routes, type Workflows } from '../../core/client/index.ts';
import { Failure, type HttpFunction, workflow } from '../../core/index.ts';
import { type Served, serve } from '../../handlers/local/index.ts';
import library, { type catalogue, lend } from '../openapi/library.ts';
import office from '../support/apps/office.ts';
import { temporary } from '../support/server.ts';

type Library = { lend: typeof lend };

let served: Served;
beforeAll(async () => {
  served = await serve([library, office], { data: temporary(), port: 0, env: {} });
});
afterAll(() => served.close());

const room = () => client(served.url, { key: served.room.adminKey });
const list = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail('it was taken'),
    (error: unknown) => error as Failure,
  );

describe('a run', () => {
  test('is started by the name of its workflow, or by the workflow itself, and waited for', async () => {
    const typed = client<Library>(`${served.url}/`, { key: served.room.adminKey });
    for (const started of [await typed.start('lend', { title: 'Emma' }), await typed.start(lend, { title: 'Emma' })]) {
      const over = await typed.wait(started);
      expect(over).toMatchObject({
        id: started.id,
        workflow: 'lend',
        status: 'succeeded',
        progress: { done: 1, total: 1 },
      });
      if (over.status !== 'succeeded') expect.fail(over.error.message);
      const { title, days } = over.output;
      expect([title, days]).toEqual(['Emma', 14]);
    }
  });

  test('starts once under one id, and is a Conflict with other input', async () => {
    const start = (name: string) => room().start('greet', { name }, { id: 'once' });
    expect([(await start('Ada')).id, (await start('Ada')).id]).toEqual(['once', 'once']);
    const failure = await failureOf(start('Bob'));
    expect(failure).toBeInstanceOf(Failure);
    expect([failure.name, failure.data]).toMatchObject(['Conflict', { status: 409 }]);
  });

  test('that fails is over, too, with the error of its step', async () => {
    const over = await room().wait(await room().start('failing', {}));
    expect(over).toMatchObject({ status: 'failed', error: { name: 'Refused', data: { why: 'closed' } } });
  });

  test('is sent events, and tells its progress', async () => {
    const { id } = await room().start('approve', {});
    const told: unknown[] = [];
    const over = room().wait(id, { onProgress: (progress) => told.push(progress) });
    expect((await failureOf(room().event(id, 'approved', { by: 7 }))).data).toMatchObject({ field: 'by' });
    await room().event(id, 'approved', { by: 'ada' }, { key: 'one' });
    expect(await over).toMatchObject({ status: 'succeeded', output: 'ada' });
    expect(told.at(-1)).toEqual({ done: 1, total: 1 });
    expect((await failureOf(room().event(id, 'approved', { by: 'bob' }))).name).toBe('Conflict');
  });

  test('is cancelled', async () => {
    const run = await room().start('approve', {});
    await room().cancel(run);
    expect(await room().wait(run)).toMatchObject({ status: 'cancelled', error: { name: 'Cancelled' } });
    expect((await room().status(run)).status).toBe('cancelled');
  });

  test('has steps, over several pages', async () => {
    const run = await room().start('many', { items: Array.from({ length: 1_001 }, (_, at) => at) });
    await room().wait(run);
    const steps = await list(room().steps(run));
    expect(new Set(steps.map(({ key }) => key)).size).toBe(1_001);
  });

  test('is in the list, of its workflow and status', async () => {
    for (let at = 0; at < 120; at++) await room().start('welcome', {}, { id: `listed-${at}` });
    const runs = await list(room().list({ workflow: 'welcome' }));
    expect(runs.map(({ id }) => id).filter((id) => id.startsWith('listed-'))).toHaveLength(120);
    await room().wait('listed-119');
    for await (const { status } of room().list({ status: 'succeeded' })) expect(status).toBe('succeeded');
  });
});

describe('without the key', () => {
  test('a public workflow is started and its run waited for, by the signed URL', async () => {
    const anybody = client(served.url);
    const run = await anybody.start('welcome', {});
    expect(await anybody.wait(run)).toMatchObject({ status: 'succeeded', output: { greeting: 'Hello, you' } });
    expect((await failureOf(anybody.status(run.id))).name).toBe('Unauthorized');
    expect((await failureOf(anybody.start('greet', {}))).name).toBe('Unauthorized');
  });
});

describe('what goes wrong is a failure with the name that it has in the room', () => {
  test.for<[string, () => Promise<unknown>, string, object]>([
    ['an unknown workflow', () => room().start('nobodys', {}), 'NotFound', { status: 404 }],
    ['an unknown run', () => room().wait('nobodys'), 'NotFound', { status: 404 }],
    ['a wrong input', () => room().start('greet', { name: 1 }), 'InvalidInput', { status: 400, field: 'name' }],
    ['an unknown bucket', () => room().bucket('nobodys').put('a', 'b'), 'NotFound', { status: 404 }],
    [
      'a server that is no room',
      () => client('http://x', { fetch: fetchOf(418) }).status('a'),
      'HttpError',
      { status: 418 },
    ],
    [
      'a proxy without a room',
      () => client('http://x', { fetch: fetchOf(502) }).status('a'),
      'Unavailable',
      { status: 502 },
    ],
  ])('%s', async ([, work, name, data]) => {
    const failure = await failureOf(work());
    expect([failure.name, failure.data]).toMatchObject([name, data]);
  });

  test('nobody there', async () => {
    const failure = await failureOf(client('http://127.0.0.1:1').status('x'));
    expect([failure.name, failure.message]).toEqual(['Unavailable', expect.stringContaining('http://127.0.0.1:1')]);
  });

  test('a wrong option', () => {
    expect(() => client('ftp://x')).toThrow(/base URL .* "ftp:/);
    expect(() => client('http://x/?q=1')).toThrow(TypeError);
    expect(() => client('', { key: 'two words' })).toThrow(/key/);
  });
});

const fetchOf = (status: number) => async () => new Response('<html>', { status });

describe('waiting', () => {
  test('is ended by its signal, and the run goes on', async () => {
    const run = await room().start('approve', {});
    const controller = new AbortController();
    const waiting = failureOf(room().wait(run, { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await waiting).message).toBe('enough');
    expect((await room().status(run)).status).toBe('running');
    await room().cancel(run);
  });

  test('outlasts a room that is away for a moment', async () => {
    const run = await room().start('greet', { name: 'Ada' });
    let missed = 0;
    const flaky = client(served.url, {
      key: served.room.adminKey,
      fetch: async (url, init) => {
        if (missed++ < 2) throw new TypeError('fetch failed');
        return fetch(url, init);
      },
    });
    expect((await flaky.wait(run)).status).toBe('succeeded');
    expect(missed).toBe(3);
  });
});

describe('a bucket', () => {
  test('keeps objects', async () => {
    const desk = room().bucket('desk');
    const key = 'a folder/ä & b?#.txt';
    const { etag } = await desk.put(key, 'Hello, Ada', { contentType: 'text/plain', ifNoneMatch: '*' });
    const object = await desk.get(key);
    expect(object).toMatchObject({ key, size: 10, etag, contentType: 'text/plain', range: { from: 0, to: 10 } });
    expect(await object!.text()).toBe('Hello, Ada');
    const part = await desk.get(key, { from: 7, to: 9 });
    expect([part!.size, part!.range, await part!.text()]).toEqual([10, { from: 7, to: 9 }, 'Ad']);
    expect(await (await desk.get(key, { from: 7 }))!.text()).toBe('Ada');
    expect(await list(desk.list({ prefix: 'a f', limit: 1 }))).toEqual([{ key, size: 10, etag }]);
    expect((await failureOf(desk.put(key, 'x', { ifNoneMatch: '*' }))).name).toBe('PreconditionFailed');
    await desk.put(key, new Blob(['bye']), { ifMatch: etag });
    await desk.delete(key);
    expect(await desk.get(key)).toBeUndefined();
  });

  test('lists more than a page', async () => {
    const desk = room().bucket('desk');
    for (const key of ['p/1', 'p/2', 'p/3']) await desk.put(key, new TextEncoder().encode(key));
    expect((await list(desk.list({ prefix: 'p/', limit: 2 }))).map(({ key }) => key)).toEqual(['p/1', 'p/2', 'p/3']);
  });
});

describe("an app's own routes", () => {
  test('are called by their types', async () => {
    const api = routes<typeof catalogue>(served.url);
    const response = await api.books[':id'].$get({ param: { id: '7' }, query: { language: 'de' } });
    const { id, title } = await response.json();
    const numbers: number = id;
    expect([numbers, title]).toEqual([7, 'Book 7 (de)']);
    const added = await api.books.$post({ json: { title: 'Emma', year: 1815 } });
    expect([added.status, await added.json()]).toEqual([201, { title: 'Emma', year: 1815 }]);
  });

  test('get the key', async () => {
    expect((await routes<typeof catalogue>(served.url).stock.$get()).status).toBe(401);
    const stock = await routes<typeof catalogue>(served.url, { key: served.room.adminKey }).stock.$get();
    expect(await stock.json()).toEqual({ count: 0 });
  });
});

/** Never called: each `@ts-expect-error` is a mistake that the compiler has to report. */
const mistakes = async (): Promise<unknown> => {
  const typed = client<Library>('');
  // @ts-expect-error a workflow that the room does not have
  await typed.start('lent', { title: 'Emma' });
  // @ts-expect-error an input that is not whole
  await typed.start('lend', {});
  // @ts-expect-error an input of another type
  await typed.start('lend', { title: 1 });
  // @ts-expect-error the same by the workflow itself
  await typed.start(lend, { days: 3 });
  const run = await typed.start('lend', { title: 'Emma' });
  const over = await typed.wait(run);
  // @ts-expect-error a run that may have failed
  over.output;
  // @ts-expect-error an output that may not be there yet
  (await typed.status(run)).output.title;
  if (over.status === 'succeeded') {
    const days: number = over.output.days;
    // @ts-expect-error it is text
    const title: number = over.output.title;
    return [days, title];
  }
  // @ts-expect-error what is not JSON
  await client('').start('any', { on: () => 1 });
  // @ts-expect-error no such option
  client('', { apiKey: 'x' });
  // @ts-expect-error a status that there is not
  client('').list({ status: 'odd' });
  const api = routes<typeof catalogue>('');
  // @ts-expect-error no such route
  api.magazines;
  // @ts-expect-error no such language
  await api.books[':id'].$get({ param: { id: '1' }, query: { language: 'fr' } });
  // @ts-expect-error a body without a title
  await api.books.$post({ json: {} });
  const made = workflow('made', { input: z.object({ a: z.number() }), run: (input) => input.a });
  const workflows: Workflows = { made };
  const functions: readonly HttpFunction[] = [];
  return [workflows, functions, over.error.message];
};

test('the compiler is what checks the types', () => {
  expect(mistakes).toBeTypeOf('function');
});
