import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvocationContext } from '@azure/functions';
import { getRequestListener } from '@hono/node-server';
import * as df from 'durable-functions';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { managementFetch } from '../../../handlers/azure/host/durable/management.ts';
import { inProcess } from './in-process.ts';

const WEBHOOKS = '/runtime/webhooks/durabletask/';
const RPC = '/rpc/';
let durable: Durable;
let server: Server;
let origin: string;

const invoker = inProcess(
  {
    *hello(context) {
      return `Hello ${yield context.df.callActivity('same', context.df.getInput())}`;
    },
    *waits(context) {
      return yield context.df.waitForExternalEvent('go');
    },
    *fails(context) {
      yield context.df.callActivity('throws');
    },
  },
  {
    same: (value: unknown) => value,
    throws() {
      throw new Error('no');
    },
  },
);

function links(id: string): Record<string, string> {
  const instance = `${origin}${WEBHOOKS}instances/${id}`;
  const reason = (verb: string) => `${instance}/${verb}?reason={text}&code=key`;
  return {
    statusQueryGetUri: `${instance}?code=key`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?code=key`,
    terminatePostUri: reason('terminate'),
    rewindPostUri: reason('rewind'),
    purgeHistoryDeleteUri: `${instance}?code=key`,
    restartPostUri: `${instance}/restart?code=key`,
    suspendPostUri: reason('suspend'),
    resumePostUri: reason('resume'),
  };
}

beforeEach(async () => {
  durable = await openDurable({ invoker, clock: 'virtual' });
  const webhooks = managementFetch(durable, { path: WEBHOOKS, links, key: 'key' });
  const rpc = managementFetch(durable, { path: RPC, links });
  server = createServer(
    getRequestListener((request) => (new URL(request.url).pathname.startsWith(RPC) ? rpc : webhooks)(request)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Without it the library writes http://localhost:7071 over the URLs that it was given.
  process.env.WEBSITE_HOSTNAME = new URL(origin).host;
});

afterEach(async () => {
  delete process.env.WEBSITE_HOSTNAME;
  await durable.close();
  server.closeAllConnections();
  server.close();
});

/** The client that a function gets: over the private endpoint, or over the URLs that everybody may be given. */
function clientOf(way: 'rpc' | 'webhooks'): df.DurableClient {
  const input = df.input.durableClient();
  const context = new InvocationContext({ functionName: 'start', options: { extraInputs: [input] } });
  context.extraInputs.set(input, {
    taskHubName: 'Hub',
    creationUrls: {
      createNewInstancePostUri: `${origin}${WEBHOOKS}orchestrators/{functionName}[/{instanceId}]?code=key`,
    },
    managementUrls: { id: 'INSTANCEID', ...links('INSTANCEID') },
    baseUrl: `${origin}${WEBHOOKS}`.slice(0, -1),
    requiredQueryStringParameters: 'code=key',
    ...(way === 'rpc' && { rpcBaseUrl: `${origin}${RPC}` }),
  });
  return df.getClient(context);
}

describe.each(['rpc', 'webhooks'] as const)("the library's own client over %s", (way) => {
  test('starts, asks, and gets the output', async () => {
    const client = clientOf(way);
    expect(await client.startNew('hello', { instanceId: 'one', input: 'Tokyo' })).toBe('one');
    await durable.settled('one');
    const status = await client.getStatus('one', { showHistory: true, showInput: true });
    expect(status).toMatchObject({ name: 'hello', instanceId: 'one', runtimeStatus: 'Completed', input: 'Tokyo' });
    expect(status.output).toBe('Hello Tokyo');
    expect(status.createdTime).toBeInstanceOf(Date);
    await expect(client.getStatus('two')).rejects.toThrow('HTTP 404');
    expect(await client.startNew('hello')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('waits for the end, or says where to look', async () => {
    const client = clientOf(way);
    const request = { url: `${origin}/api/start` } as never;
    const quick = { timeoutInMilliseconds: 50, retryIntervalInMilliseconds: 10 };
    const id = await client.startNew('hello', { input: 'Seattle' });
    await durable.settled(id);
    const done = await client.waitForCompletionOrCreateCheckStatusResponse(request, id, quick);
    expect([done.status, await done.json()]).toEqual([200, 'Hello Seattle']);
    const waiting = await client.startNew('waits');
    const later = await client.waitForCompletionOrCreateCheckStatusResponse(request, waiting, quick);
    const { statusQueryGetUri = '' } = (await later.json()) as Record<string, string>;
    expect([later.status, (await fetch(statusQueryGetUri)).status]).toEqual([202, 202]);
  });

  test('events, suspend and resume, terminate', async () => {
    const client = clientOf(way);
    const id = await client.startNew('waits');
    await client.suspend(id, 'later');
    await vi.waitUntil(async () => (await client.getStatus(id)).runtimeStatus === 'Suspended');
    await client.raiseEvent(id, 'go', { a: 1 });
    await client.resume(id, 'now');
    expect((await durable.settled(id)).output).toEqual({ a: 1 });
    await client.raiseEvent(id, 'go', 'too late');
    await expect(client.raiseEvent('nobody', 'go', 1)).rejects.toThrow("No instance with ID 'nobody' found.");
    const other = await client.startNew('waits');
    await client.terminate(other, 'enough');
    expect(await durable.settled(other)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    await client.terminate(other, 'again');
    await expect(client.terminate('nobody', 'x')).rejects.toThrow('No instance');
  });

  test('a live id is refused with the words of the real host', async () => {
    const client = clientOf(way);
    await client.startNew('waits', { instanceId: 'one' });
    await expect(client.startNew('waits', { instanceId: 'one' })).rejects.toThrow(
      /status code: 500.*An Orchestration instance with the status (Pending|Running) already exists\./,
    );
    await expect(client.startNew('absent')).rejects.toThrow(/status code: 400.*'absent' doesn't exist/);
    await expect(client.startNew('waits', { instanceId: '@me' })).rejects.toThrow(
      /status code: 400.*must not start with @/,
    );
  });

  test('lists by filter, page after page, and purges', async () => {
    const client = clientOf(way);
    for (let n = 0; n < 230; n++) await durable.settled(await durable.start('hello', n));
    const failed = await client.startNew('fails', { instanceId: 'failed' });
    await durable.settled(failed);
    expect(await client.getStatusAll()).toHaveLength(231);
    const createdTimeFrom = new Date(0);
    const runtimeStatus = [df.OrchestrationRuntimeStatus.Failed];
    const found = await client.getStatusBy({ createdTimeFrom, runtimeStatus });
    expect(found.map(({ instanceId }) => instanceId)).toEqual(['failed']);
    expect(found[0]?.output).toMatch(/^Orchestrator function 'fails' failed: Activity function 'throws' failed: no/);
    expect(await client.purgeInstanceHistory('failed')).toMatchObject({ instancesDeleted: 1 });
    expect(await client.purgeInstanceHistory('failed')).toMatchObject({ instancesDeleted: 0 });
    expect(await client.purgeInstanceHistoryBy({ createdTimeFrom })).toMatchObject({ instancesDeleted: 230 });
    expect(await client.getStatusAll()).toEqual([]);
  });

  test('rewind is refused', async () => {
    const client = clientOf(way);
    await durable.settled(await durable.start('fails', null, { id: 'failed' }));
    await expect(client.rewind('failed', 'again')).rejects.toThrow('Rewind is not part of this host.');
  });
});

describe('the management API by hand', () => {
  const ask = (path: string, init?: RequestInit) => fetch(`${origin}${WEBHOOKS}${path}`, init);

  test.each(['', '?code=', '?code=other'])('without the key nothing is answered (%j)', async (query) => {
    expect((await ask(`instances${query}`)).status).toBe(401);
    expect((await ask(`orchestrators/hello${query}`, { method: 'POST' })).status).toBe(401);
    expect((await ask(`instances${query}`, { headers: { 'x-functions-key': 'key' } })).status).toBe(
      query === '' ? 200 : 401,
    );
  });

  test('a start answers where to look, and can wait', async () => {
    const started = await ask('orchestrators/waits/one?code=key', { method: 'POST' });
    expect(started.status).toBe(202);
    expect(started.headers.get('location')).toBe(links('one').statusQueryGetUri);
    expect(started.headers.get('retry-after')).toBe('10');
    expect(await started.json()).toEqual({ id: 'one', ...links('one') });
    const waited = await ask('orchestrators/hello?code=key&timeout=30&pollingInterval=1', {
      method: 'POST',
      body: '"x"',
    });
    expect([waited.status, await waited.json()]).toEqual([200, 'Hello x']);
    const bad = await ask('orchestrators/hello?code=key', { method: 'POST', body: '{' });
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ Message: 'Invalid JSON content' })]);
  });

  test('a status: what it says and when it is asked for more', async () => {
    await durable.settled(await durable.start('hello', 'x', { id: 'one' }));
    await durable.settled(await durable.start('fails', 'x', { id: 'two' }));
    const plain = (await (await ask('instances/one?code=key&showInput=false')).json()) as Record<string, unknown>;
    expect(plain).toEqual({
      name: 'hello',
      instanceId: 'one',
      runtimeStatus: 'Completed',
      input: null,
      customStatus: null,
      output: 'Hello x',
      createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      lastUpdatedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const full = await ask('instances/one?code=key&showHistory=true&showHistoryOutput=true');
    const { historyEvents } = (await full.json()) as { historyEvents: Record<string, unknown>[] };
    expect(historyEvents).toEqual([
      expect.objectContaining({ EventType: 'ExecutionStarted', FunctionName: 'hello', Input: '"x"' }),
      expect.objectContaining({ EventType: 'TaskCompleted', FunctionName: 'same', Result: 'x', Input: '"x"' }),
      expect.objectContaining({ EventType: 'ExecutionCompleted', OrchestrationStatus: 'Completed', Result: 'Hello x' }),
    ]);
    expect((await ask('instances/two?code=key')).status).toBe(200);
    expect((await ask('instances/two?code=key&returnInternalServerErrorOnFailure=true')).status).toBe(500);
    expect((await ask('instances/three?code=key')).status).toBe(404);
  });

  test('an event needs JSON, and an instance that is there', async () => {
    await durable.start('waits', null, { id: 'one' });
    const post = (id: string, body: string, type = 'application/json') =>
      ask(`instances/${id}/raiseEvent/go?code=key`, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('nobody', '1')).status).toBe(404);
    expect((await post('one', '1', 'text/plain')).status).toBe(400);
    expect((await post('one', '{')).status).toBe(400);
    expect((await post('one', '1')).status).toBe(202);
    await durable.settled('one');
    expect((await post('one', '1')).status).toBe(410);
  });

  test.each([
    ['GET', 'orchestrators/hello', 404],
    ['PUT', 'instances/one', 404],
    ['GET', 'instances/one/terminate', 404],
    ['POST', 'instances/one/explode', 404],
    ['GET', 'elsewhere', 404],
    ['DELETE', 'instances', 400],
    ['POST', 'entities/counter/a', 501],
    ['GET', 'instances/%E0%A4%A', 400],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await ask(`${path}?code=key`, { method })).status).toBe(status);
  });
});
