import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, queue } from 'skein';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import statisticsApp from '../../apps/statistics/index.ts';
import { answerKey, answers, log, requests, responses } from '../../apps/statistics/resources.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { askingRoom, expectedAnswer } from './statistics-asking.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const FORM = 'application/x-www-form-urlencoded';
const NOBODY = '00000000-0000-4000-8000-000000000000';

let room: Dev;
let http: ReturnType<typeof askingRoom>;
beforeAll(async () => {
  room = await open(statisticsApp);
  http = askingRoom(room);
});
afterAll(() => room.close());

const problemOf = async (response: Response): Promise<unknown> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return response.json();
};

describe('over HTTP', () => {
  it('answers a list: min, max, median and mean', async () => {
    const response = await http.post('{"numbers":[4, 5, 2, 35, 2452]}');
    expect(response.status).toBe(202);
    const { id, answerUrl } = (await response.json()) as { id: string; answerUrl: string };
    expect(id).toMatch(UUID);
    expect(answerUrl).toBe(`http://room/statistics/${id}`);
    expect(response.headers.get('location')).toBe(answerUrl);
    expect(await http.answerOf(id)).toEqual({
      id,
      status: 'done',
      numbers: ['4', '5', '2', '35', '2452'],
      count: 5,
      min: '2',
      max: '2452',
      median: '5',
      mean: '499.6',
      rounded: false,
    });
  });

  it('loses no digit of a large number, quoted or not', async () => {
    const large = '9'.repeat(100);
    const response = await http.post(`{"numbers":[9007199254740993, -${large}, "${large}", 1]}`);
    const { id } = (await response.json()) as { id: string };
    expect(await http.answerOf(id)).toEqual(expectedAnswer(id, ['9007199254740993', `-${large}`, large, 1]));
  });

  it('takes a form', async () => {
    const files = new FormData();
    files.set('numbers', '4, 5, 2, 35, 2452');
    const init = [
      { body: 'numbers=4%2C+5&numbers=%5B2+35%5D%0A2452', headers: { 'content-type': FORM } },
      { body: files },
    ];
    for (const one of init) {
      const response = await http.request('/statistics', { method: 'POST', ...one });
      expect(response.status).toBe(202);
      const { id } = (await response.json()) as { id: string };
      expect(await http.answerOf(id)).toEqual(expectedAnswer(id, [4, 5, 2, 35, 2452]));
    }
  });

  it.each([
    ['{"numbers":[4,"x"]}', undefined, 400, 'numbers.1'],
    ['{"numbers":[4,1.5]}', undefined, 400, 'numbers.1'],
    // Both would be read as whole numbers where only doubles are known.
    ['{"numbers":[0.99999999999999999999]}', undefined, 400, 'numbers.0'],
    ['{"numbers":[9007199254740993.5]}', undefined, 400, 'numbers.0'],
    ['{"numbers":[]}', undefined, 400, 'numbers'],
    ['{"numbers":[1],"more":1}', undefined, 400, 'body'],
    [`{"numbers":[${'1,'.repeat(1000)}1]}`, undefined, 400, 'numbers'],
    ['{}', undefined, 400, 'numbers'],
    ['', undefined, 400, 'numbers'],
    [' \n', undefined, 400, 'numbers'],
    ['\uFEFF{"numbers":[""]}', undefined, 400, 'numbers.0'],
    ['{"__proto__":[1]}', undefined, 400, 'numbers'],
    ['[1]', undefined, 400, 'body'],
    ['{', undefined, 400, 'body'],
    ['numbers=1,x', FORM, 400, 'numbers.1'],
    ['number=1', FORM, 400, 'numbers'],
    ['no form', 'multipart/form-data; boundary=x', 400, 'body'],
    [`{"numbers":[${' '.repeat(1_048_576)}1]}`, undefined, 413, 'body'],
  ])('refuses %.40s', async (body, type, status, field) => {
    const response = await http.post(body, type);
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, field });
  });

  it('says of a request that waits that it waits, of one that is not there that it is not', async () => {
    await room.clients({ answers: answers.write }).answers.create(answerKey(NOBODY), { id: NOBODY, status: 'pending' });
    const waiting = await http.request(`/statistics/${NOBODY}`);
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([202, '1']);
    expect(await waiting.json()).toEqual({ id: NOBODY, status: 'pending' });
    for (const id of [crypto.randomUUID(), 'x', '%00', '..%2f', 'x'.repeat(500)]) {
      const response = await http.request(`/statistics/${id}`);
      expect(response.status).toBe(404);
      await problemOf(response);
    }
  });

  it('logs each operation as one object, and keeps its answer for an hour', async () => {
    const id = await http.ask([1, 2]);
    const answer = await http.answerOf(id);
    const clients = room.clients({ log: log.read, answers: answers.read });
    const { items } = await clients.log.list();
    const [object, ...others] = items.filter(({ key }) => key.endsWith(`/${id}.json`));
    expect(others).toEqual([]);
    expect(object?.key).toMatch(/^\d{4}-\d\d-\d\d\//);
    const logged = JSON.parse((await (await clients.log.get(object!.key))?.text()) ?? '');
    expect(logged).toEqual({ ...answer, askedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(logged.askedAt.slice(0, 10)).toBe(object!.key.slice(0, 10));
    const left = (await clients.answers.get(answerKey(id)))!.expiresAt!.getTime() - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  it('drops a response that comes again, or that nobody waits for any more', async () => {
    const id = await http.ask([1]);
    await http.answerOf(id);
    const clients = room.clients({ answers: answers.read, responses: responses.all, requests: requests.write });
    const before = await clients.answers.get(answerKey(id));
    await clients.responses.send(expectedAnswer(id, [1, 2, 3]));
    await clients.responses.send(expectedAnswer(NOBODY.replace('4000', '4001'), [1]));
    await clients.requests.send({ id, askedAt: new Date().toISOString(), numbers: ['8'] });
    const last = await http.ask([3]);
    await http.answerOf(last);
    await vi.waitFor(async () => expect(await clients.responses.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 }));
    expect(await clients.answers.get(answerKey(id))).toEqual(before);
    expect((await http.request(`/statistics/${NOBODY.replace('4000', '4001')}`)).status).toBe(404);
  });
});

describe('the pages', () => {
  const assetsOf = (html: string) => [...html.matchAll(/(?:href|src)="(\/apps\/statistics\/[^"]+\.(?:js|css))"/g)];

  it.each(['/apps/statistics', '/apps/statistics/dead'])('%s is served with all that it names', async (path) => {
    const response = await http.request(path);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await response.text();
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\son\w+=|style=/);
    expect(assetsOf(html).length).toBeGreaterThan(1);
    for (const [, asset = ''] of assetsOf(html)) {
      const found = await http.request(asset);
      expect(found.status).toBe(200);
      const text = await found.text();
      if (asset.endsWith('.js')) expect(() => new Function(text)).not.toThrow();
    }
  });

  const submit = (numbers: string): Promise<Response> =>
    http.request('/apps/statistics/ask', { method: 'POST', body: new URLSearchParams({ numbers }) });

  it('works without a script', async () => {
    const response = await submit('4, 5, 2, 35, 2452');
    expect(response.status).toBe(303);
    const path = response.headers.get('location') ?? '';
    expect(path).toMatch(/^\/apps\/statistics\/answers\//);
    await http.answerOf(path.split('/').pop()!);
    const answered = await http.request(path);
    expect(answered.headers.get('refresh')).toBeNull();
    expect(answered.headers.get('cache-control')).toBe('no-store');
    const html = await answered.text();
    for (const [name, value] of Object.entries({ min: '2', max: '2452', median: '5', mean: '499.6' }))
      expect(html).toContain(`<td data-name="${name}">${value}</td>`);
  });

  it('without a script asks again until the answer is there', async () => {
    const id = NOBODY.replace('4000', '4002');
    await room.clients({ answers: answers.write }).answers.create(answerKey(id), { id, status: 'pending' });
    const response = await http.request(`/apps/statistics/answers/${id}`);
    expect([response.status, response.headers.get('refresh')]).toEqual([200, '2']);
    expect((await http.request('/apps/statistics/answers/nobody')).status).toBe(404);
  });

  it('without a script says which number is wrong, and runs none of it', async () => {
    const response = await submit('4, <script>alert(1)</script>');
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain('Number 2: ');
    expect(html).toContain('aria-invalid="true"');
    expect(html).not.toContain('<script>');
    expect(await (await submit(' ')).text()).toContain('The list: must have at least one number');
  });
});

describe('dead letters', () => {
  interface Dead {
    readonly items: readonly { readonly key: string; readonly error?: { readonly name: string } }[];
  }

  it('are what does not fit; they are listed and redriven with the key alone', async () => {
    const { poison, queue: own } = room.clients({ poison: queue(requests.name).write, queue: requests.read });
    await poison.send({ id: 'poison' }, { key: 'poison' });
    const path = `/queues/${requests.name}`;
    await vi.waitFor(async () => expect((await own.depth()).dead).toBe(1));
    expect((await http.request(`${path}/dead`)).status).toBe(401);
    expect((await http.request(`${path}/redrive`, { method: 'POST' })).status).toBe(401);
    const { items } = (await (await http.withKey(`${path}/dead`)).json()) as Dead;
    expect(items).toMatchObject([
      { key: 'poison', attempts: 1, message: { id: 'poison' }, error: { name: 'InvalidInput' } },
    ]);
    const redrive = await http.withKey(`${path}/redrive`, { method: 'POST' });
    expect(await redrive.json()).toEqual({ redriven: 1 });
    // Poison it stays, and nobody waits for it in vain.
    await vi.waitFor(async () => expect(await own.depth()).toEqual({ ready: 0, inFlight: 0, dead: 1 }));
    const id = await http.ask([6]);
    expect(await http.answerOf(id)).toEqual(expectedAnswer(id, [6]));
  });

  it('that were good are answered when they are redriven', async () => {
    const data = mkdtempSync(join(tmpdir(), 'skein-statistics-'));
    try {
      // A room in which nothing works but the web.
      const web = await open(app('statistics', { http: statisticsApp.http }), { data });
      const id = await askingRoom(web).ask([4, 5, 2, 35, 2452]);
      const reader = web.clients({ requests: requests.read }).requests;
      for (const { receipt } of await reader.receive())
        await reader.bury(receipt, { name: 'Error', message: 'no luck' });
      await web.close();

      const mended = await open(statisticsApp, { data });
      const { withKey, answerOf, request } = askingRoom(mended);
      const { items } = (await (await withKey(`/queues/${requests.name}/dead`)).json()) as Dead;
      expect(items).toMatchObject([{ key: id, message: { id }, error: { name: 'Error', message: 'no luck' } }]);
      expect((await request(`/statistics/${id}`)).status).toBe(202);
      await withKey(`/queues/${requests.name}/redrive`, { method: 'POST', body: '{}' });
      expect(await answerOf(id)).toEqual(expectedAnswer(id, [4, 5, 2, 35, 2452]));
      await mended.close();
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});

it('gives 200 users at once each their own answer, once, though every message comes twice', async () => {
  const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:duplicate' };
  const twice = await open(statisticsApp, { env });
  try {
    const { ask, answerOf } = askingRoom(twice);
    const clients = twice.clients({
      answers: answers.read,
      log: log.read,
      requests: requests.read,
      responses: responses.read,
    });
    const user = async (_: unknown, n: number): Promise<readonly [id: string, version: string | undefined]> => {
      const numbers = [n, n * n, 7 - n, `-${n}${'0'.repeat(n % 90)}1`];
      const id = await ask(numbers);
      expect(await answerOf(id)).toEqual(expectedAnswer(id, numbers));
      return [id, (await clients.answers.get(answerKey(id)))?.version];
    };
    const seen = new Map(await Promise.all(Array.from({ length: 200 }, user)));
    expect(seen.size).toBe(200);
    const empty = { ready: 0, inFlight: 0, dead: 0 };
    await vi.waitFor(
      async () => expect([await clients.requests.depth(), await clients.responses.depth()]).toEqual([empty, empty]),
      { timeout: 30_000, interval: 50 },
    );
    for (const [id, version] of seen) expect((await clients.answers.get(answerKey(id)))?.version).toBe(version);
    const { items } = await clients.log.list();
    expect(items.map(({ key }) => key.slice(11, -5)).sort()).toEqual([...seen.keys()].sort());
  } finally {
    await twice.close();
  }
});
