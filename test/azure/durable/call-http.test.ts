import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManagedIdentityTokenSource, type OrchestrationHandler } from 'durable-functions';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { inProcess } from './in-process.ts';

let durable: Durable | undefined;
let server: Server;
let origin: string;
let polls = 0;
const seen: string[] = [];

beforeEach(async () => {
  polls = 0;
  seen.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-name'] ?? ''} ${body}`.trim());
      if (request.url === '/long') response.writeHead(202, { location: '/long/status', 'retry-after': '10' }).end();
      else if (request.url === '/moved') response.writeHead(302, { location: '/once' }).end();
      else if (request.url === '/long/status' && ++polls < 3)
        response.writeHead(202, { location: '/long/status' }).end();
      else response.writeHead(200, { 'x-answer': 'yes' }).end('done');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await durable?.close();
  server.closeAllConnections();
  server.close();
});

async function run(orchestrator: Parameters<typeof inProcess>[0][string], http: readonly string[] | 'any' = [origin]) {
  const invoker = inProcess({ orchestrator }, { same: (value: unknown) => value });
  durable = await openDurable({ invoker, clock: 'virtual', http });
  return durable.settled(await durable.start('orchestrator', null));
}

test('one request', async () => {
  const { output } = await run(function* (context) {
    const headers = { 'x-name': 'me' };
    const answer = yield context.df.callHttp({ method: 'POST', url: `${origin}/once`, body: { a: 1 }, headers });
    return [answer.statusCode, answer.content, answer.headers['x-answer']];
  });
  expect(output).toEqual([200, 'done', 'yes']);
  expect(seen).toEqual(['POST /once me {"a":1}']);
});

test('a long operation is asked again when it said, and otherwise every 30 seconds', async () => {
  const status = await run(function* (context) {
    const before = context.df.currentUtcDateTime.getTime();
    const [answer, same] = yield context.df.Task.all([
      context.df.callHttp({ method: 'POST', url: `${origin}/long` }),
      context.df.callActivity('same', 'beside'),
    ]);
    return [answer.content, same, context.df.currentUtcDateTime.getTime() - before];
  });
  expect(status.output).toEqual(['done', 'beside', 70_000]);
  expect(seen).toEqual(['POST /long', 'GET /long/status', 'GET /long/status', 'GET /long/status']);
});

test('polling that is switched off answers 202', async () => {
  const { output } = await run(function* (context) {
    const answer = yield context.df.callHttp({ method: 'GET', url: `${origin}/long`, enablePolling: false });
    return answer.statusCode;
  });
  expect(output).toBe(202);
});

test('an origin that is not named is refused, and says which are', async () => {
  const { output } = await run(
    function* (context) {
      yield context.df.callHttp({ method: 'GET', url: `${origin}/once` });
    },
    ['https://example.org'],
  );
  expect(output).toContain(`callHttp to ${origin} is refused`);
  expect(output).toContain('https://example.org');
  expect(seen).toEqual([]);
});

test('a redirect is followed where every origin may be reached, and there alone', async () => {
  const moved: OrchestrationHandler = function* (context) {
    const answer = yield context.df.callHttp({ method: 'GET', url: `${origin}/moved` });
    return answer.statusCode;
  };
  expect((await run(moved, 'any')).output).toBe(200);
  await durable?.close();
  expect((await run(moved)).output).toBe(302);
});

test('a server that is not there is an error that names it', async () => {
  const nowhere = 'http://127.0.0.1:1';
  const { runtimeStatus, output } = await run(function* (context) {
    yield context.df.callHttp({ method: 'GET', url: nowhere });
  }, 'any');
  expect([runtimeStatus, output]).toEqual(['Failed', expect.stringContaining(`callHttp to ${nowhere}: `)]);
});

test('a managed identity is not there', async () => {
  const { output } = await run(function* (context) {
    const tokenSource = new ManagedIdentityTokenSource('https://management.core.windows.net');
    yield context.df.callHttp({ method: 'GET', url: `${origin}/once`, tokenSource });
  });
  expect(output).toContain('this host has no managed identity');
});
