import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import { poll } from '../../apps/poll/index.ts';
import { routesOf } from '../../apps/poll/routes.ts';
import { uses } from '../../apps/poll/tables.ts';
import { serve } from '../../handlers/local/index.ts';
import { temporary } from '../support/server.ts';
import { bearer, type Created, counts, problemOf, type Shown, serving } from './polling.ts';

let served: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  served = await serving();
});

describe('results', () => {
  test('have an etag, and 304 while nothing changes', async () => {
    const { create, become, vote, send } = served;
    const { id } = await create();
    const first = await send(`/polls/${id}`);
    const etag = first.headers.get('etag')!;
    const again = (known: string) => send(`/polls/${id}`, { headers: { 'if-none-match': known } });
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) expect((await again(known)).status).toBe(304);
    expect((await again('"x"')).status).toBe(200);
    await vote(id, await become(id), 2);
    await expect.poll(async () => (await again(etag)).status, { timeout: 10_000 }).toBe(200);
    expect(counts((await (await send(`/polls/${id}`)).json()) as Shown)).toEqual([0, 1]);
  });

  test('stream as they change, and the stream ends when the poll is closed', async () => {
    const { create, become, vote, send, post } = served;
    const { id, owner } = await create();
    const response = await send(`/polls/${id}/live`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = eventsOf(response);
    expect(counts(await nextResults(events))).toEqual([0, 0]);
    await vote(id, await become(id), 2);
    expect(counts(await nextResults(events))).toEqual([0, 1]);
    await post(`/polls/${id}/close`, {}, bearer(owner));
    expect((await nextResults(events)).state).toBe('closed');
    expect((await events.next()).value).toMatchObject({ event: 'closed' });
    expect((await events.next()).done).toBe(true);
    // Who comes again knows the results already.
    const etag = (await send(`/polls/${id}`)).headers.get('etag')!;
    const known = eventsOf(await send(`/polls/${id}/live`, { headers: { 'last-event-id': etag } }));
    expect((await known.next()).value).toMatchObject({ event: 'closed' });
  }, 20_000);

  test('a stream ends by itself, tells that it lives, and gives its place back', async () => {
    const { create, send, become, vote } = await serving({ live: { listeners: 2, seconds: 4 } });
    const { id } = await create();
    const one = await send(`/polls/${id}/live`);
    const two = await send(`/polls/${id}/live`);
    const third = await send(`/polls/${id}/live`);
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
    await one.body!.cancel();
    expect((await send(`/polls/${id}/live`)).status).toBe(200);
    await vote(id, await become(id), 1);
    const text = await two.text();
    expect(text.match(/^event: results$/gm)).toHaveLength(2);
    expect(text).not.toContain('event: closed');
    const quiet = await (await send(`/polls/${id}/live`)).text();
    expect(quiet).toContain(': alive\n\n');
  }, 30_000);

  test('a stream that is open when the server is stopped ends in peace', async () => {
    const served = await serve([poll({ live: { seconds: 3 } })], { data: temporary(), port: 0, env: {} });
    const made = { method: 'POST', body: JSON.stringify({ title: 'x', options: ['a', 'b'] }) };
    const { id } = (await (await fetch(`${served.url}/polls`, made)).json()) as Created;
    const stream = await fetch(`${served.url}/polls/${id}/live`);
    const closed = served.close();
    // A stream that is cut would throw here.
    expect(await stream.text()).toContain('event: results');
    await closed;
  }, 20_000);

  test('are read once however many ask at once', async () => {
    const { room, create } = served;
    const { id } = await create();
    const stores = room.clients(uses);
    let reads = 0;
    const counted = {
      ...stores,
      votes: {
        ...stores.votes,
        get: (key: Parameters<typeof stores.votes.get>[0]) => {
          reads++;
          return stores.votes.get(key);
        },
      },
    };
    const api = routesOf().routes(new Hono(), counted);
    const answers = await Promise.all(Array.from({ length: 500 }, async () => api.request(`/polls/${id}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(reads).toBe(16);
  });
});

describe('limits', () => {
  test('a voter who sends too much is told when to come again', async () => {
    const { create, become, vote } = await serving({ voterRate: { burst: 3, perSecond: 0.1 } });
    const { id } = await create();
    const voter = await become(id);
    for (let n = 0; n < 3; n++) expect((await vote(id, voter, 1)).status).toBe(200);
    const refused = await vote(id, voter, 2);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(9);
    expect(await problemOf(refused)).toEqual([429, 'TooManyRequests', undefined]);
    expect((await vote(id, await become(id), 1)).status).toBe(200);
  });

  test('more than may be under way is refused at once, and nothing of it is counted', async () => {
    const { create, become, vote, fresh } = await serving({ inFlight: 5 });
    const made = await create();
    const voters = await Promise.all(Array.from({ length: 40 }, () => become(made.id)));
    const answers = await Promise.all(voters.map((voter) => vote(made.id, voter, 1)));
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([taken.length, refused.length]).toEqual([5, 35]);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    expect((await fresh(made)).votes).toBe(5);
    expect((await vote(made.id, voters[39]!, 1)).status).toBe(200);
  });

  test('addresses are limited one by one, of IPv6 by their network', async () => {
    const app = poll({ newPollRate: { burst: 1, perSecond: 0.01 } });
    const served = await serve([app], { port: 0, data: temporary(), trustedProxies: ['127.0.0.1'] });
    const body = JSON.stringify({ title: 'x', options: ['a', 'b'] });
    const from = async (address: string) => {
      const headers = { 'x-forwarded-for': address };
      const response = await fetch(`${served.url}/polls`, { method: 'POST', body, headers });
      await response.body?.cancel();
      return [response.status, response.headers.has('retry-after')];
    };
    const [taken, refused] = [
      [201, false],
      [429, true],
    ];
    expect(await from('192.0.2.1')).toEqual(taken);
    expect(await from('192.0.2.9, 192.0.2.1')).toEqual(refused);
    expect(await from('192.0.2.2')).toEqual(taken);
    expect(await from('2001:db8::1')).toEqual(taken);
    expect(await from('2001:db8:0:0:ffff::2')).toEqual(refused);
    expect(await from('2001:db8:0:1::1')).toEqual(taken);
    // This machine itself has no limit.
    for (let n = 0; n < 3; n++) expect(await from('127.0.0.1')).toEqual(taken);
    await served.close();
  });
});

interface Event {
  readonly event: string;
  readonly data: string;
}

async function* eventsOf(response: Response): AsyncGenerator<Event, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s) as [string, string]),
      );
      text = text.slice(end + 2);
      const event = fields.get('event');
      if (event !== undefined) yield { event, data: fields.get('data') ?? '' };
    }
  }
}

async function nextResults(events: AsyncGenerator<Event, void>): Promise<Shown> {
  const { value } = await events.next();
  expect(value).toMatchObject({ event: 'results' });
  return JSON.parse((value as Event).data) as Shown;
}
