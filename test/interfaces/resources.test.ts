import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lambda, toRequest } from 'skein/aws';
import { client } from 'skein/client';
import { open } from 'skein/local/dev';
import { beforeAll, describe, expect, test } from 'vitest';
import { skein } from '../cli/skein.ts';
import post, { letters, mailbox } from '../support/apps/post.ts';
import { OFFICE, POST, type Server, startServer, temporary } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ module: POST });
});

describe('over HTTP', () => {
  test('M13: queues, their dead letters, and putting those back', async () => {
    const sent = await server.request('/post', { method: 'POST', body: JSON.stringify({ to: 'nobody' }) });
    expect(sent.status).toBe(202);
    const dead = async () =>
      (await server.json<{ items: { name: string; dead: number }[] }>('/queues')).items.find(
        ({ name }) => name === 'letters',
      );
    await expect.poll(dead, { timeout: 10_000 }).toEqual({ name: 'letters', ready: 0, inFlight: 0, dead: 1 });
    const { items } = await server.json<{ items: object[] }>('/queues/letters/dead?max=5');
    expect(items).toMatchObject([{ message: { to: 'nobody' }, error: { name: 'InvalidInput' } }]);
    const redriven = await server.json('/queues/letters/redrive', { method: 'POST', body: '{"max":1}' });
    expect(redriven).toEqual({ redriven: 1 });
    expect((await server.request('/queues')).status).toBe(401);
    expect((await server.withKey('/queues/none/dead')).status).toBe(404);
  });

  test('M14: the API describes itself to anybody', async () => {
    const document = (await (await server.request('/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/post', '/queues', '/runs/{id}']));
    const page = await server.request('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  });

  test('M15: pages of runs, for those who logged in', async () => {
    const away = await server.request('/ui/runs', { redirect: 'manual' });
    expect([away.status, away.headers.get('location')]).toEqual([303, '/?next=%2Fui%2Fruns']);
    const body = new URLSearchParams({ key: server.key });
    const back = await server.request('/login', { method: 'POST', body, redirect: 'manual' });
    const cookie = back.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await server.request('/ui/runs', { headers: { cookie } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  });
});

describe('by program', () => {
  test('P5: the clients of a function, from a room in this process', async () => {
    const room = await open(post);
    try {
      const { letters: queue, mailbox: table } = room.clients({ letters: letters.write, mailbox: mailbox.read });
      const { id } = await queue.send({ to: 'ada' });
      await expect.poll(() => table.get({ partition: 'ada', id }), { timeout: 10_000 }).toMatchObject({ id });
    } finally {
      await room.close();
    }
  });

  test('P6: a client over HTTP', async () => {
    const office = await startServer({ module: OFFICE });
    const remote = client(office.url, { key: office.key });
    const { id } = await remote.start('greet', { name: 'Ada' });
    expect(await remote.wait(id)).toMatchObject({ status: 'succeeded', output: { greeting: 'Hello, Ada' } });
  });

  test('P7: a Lambda handler, and the Request of an event', async () => {
    const event = {
      version: '2.0',
      rawPath: '/',
      rawQueryString: 'a=1',
      headers: { host: 'example.com' },
      requestContext: { http: { method: 'GET', path: '/' }, domainName: 'example.com' },
      isBase64Encoded: false,
    };
    const request = toRequest(event);
    expect([request.method, request.url]).toEqual(['GET', 'https://example.com/?a=1']);
    expect(await lambda(post)(event, {})).toMatchObject({ statusCode: 200 });
  });
});

test('C1: skein compile aws writes a state machine', async () => {
  const folder = temporary();
  const { code, stderr } = await skein(['compile', 'aws', 'greet', '--module', OFFICE, '--out', folder]);
  expect([code, stderr.includes('rror')]).toEqual([0, false]);
  expect(JSON.parse(readFileSync(join(folder, 'greet.asl.json'), 'utf8'))).toMatchObject({
    StartAt: expect.any(String),
  });
});
