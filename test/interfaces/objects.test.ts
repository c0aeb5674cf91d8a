import { beforeAll, describe, expect, test } from 'vitest';
import { OFFICE, type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ module: OFFICE });
});

const put = (key: string, body: BodyInit): Promise<Response> =>
  server.withKey(`/buckets/desk/${key}`, { method: 'PUT', body });

describe('who may', () => {
  test('M1: a browser logs in once and gets a strict cookie that scripts cannot read', async () => {
    const body = new URLSearchParams({ key: server.key });
    const login = await server.request('/login', { method: 'POST', body, redirect: 'manual' });
    expect(login.status).toBe(303);
    const cookie = login.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; *HttpOnly/i);
    expect(cookie).toMatch(/; *SameSite=Strict/i);
    expect(cookie).not.toContain(server.key);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await server.request('/runs', { headers })).status).toBe(200);

    // Another port of this machine is the same site to a browser: the cookie goes along with what its pages send.
    const start = (sent: Record<string, string>) =>
      server.request('/workflows/greet/runs', {
        method: 'POST',
        body: '{"name":"Ada"}',
        headers: { ...headers, ...sent },
      });
    for (const sent of [{ 'sec-fetch-site': 'same-site' }, { origin: 'http://127.0.0.1:1' }, { origin: 'null' }])
      expect((await start(sent)).status).toBe(401);
    for (const sent of [{ 'sec-fetch-site': 'same-origin' }, { origin: server.url }, {}])
      expect((await start(sent)).status).toBe(202);

    const wrong = new URLSearchParams({ key: 'wrong' });
    const refused = await server.request('/login', { method: 'POST', body: wrong, redirect: 'manual' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('set-cookie')).toBeNull();
  });

  test('M2: without a key the home page lists the apps and nothing else', async () => {
    const without = await (await server.request('/')).text();
    expect(without).toContain('Office');
    expect(without).not.toContain('/runs');
    expect(await (await server.withKey('/')).text()).toContain('/runs');
  });

  test.each([
    ['PUT', '/buckets/desk/a'],
    ['GET', '/buckets/desk/a'],
    ['DELETE', '/buckets/desk/a'],
    ['GET', '/buckets/desk'],
    ['POST', '/workflows/greet/runs'],
    ['GET', '/runs'],
    ['GET', '/runs/some'],
    ['GET', '/runs/some/steps'],
    ['POST', '/runs/some/events/approved'],
    ['POST', '/runs/some/cancel'],
  ])('M1: %s %s needs the key', async (method, path) => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { cookie: 'skein_session=9999999999.AAAA' }]) {
      const response = await server.request(path, { method, headers, ...(method === 'PUT' && { body: 'x' }) });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ status: 401, code: 'Unauthorized' });
    }
  });

  test('M3: errors are problems with a code, and name the field that was refused', async () => {
    const response = await server.withKey('/workflows/greet/runs', { method: 'POST', body: '{"name":7}' });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'InvalidInput', field: 'name' });
    const lost = await (await server.request('/no/such/page')).text();
    expect(JSON.parse(lost)).toMatchObject({ status: 404, code: 'NotFound' });
    for (const text of [body, lost]) expect(text).not.toMatch(/\.ts\b|node_modules|\bat .*:\d+/);
  });
});

describe('objects', () => {
  test('M4: PUT answers 201 with the etag, and replaces', async () => {
    const first = await put('m4/a b/ü.txt', 'one');
    expect(first.status).toBe(201);
    const { etag } = (await first.json()) as { etag: string };
    expect(first.headers.get('etag')).toBe(`"${etag}"`);
    const second = await put('m4/a b/ü.txt', 'two');
    expect(second.status).toBe(201);
    expect(((await second.json()) as { etag: string }).etag).not.toBe(etag);
    expect(await (await server.withKey('/buckets/desk/m4/a b/ü.txt')).text()).toBe('two');
  });

  test('M4: PUT takes more than the limit of other bodies', async () => {
    const bytes = new Uint8Array(3_000_000).map((_, at) => at % 251);
    expect((await put('m4/large', bytes)).status).toBe(201);
    const stored = await (await server.withKey('/buckets/desk/m4/large')).arrayBuffer();
    expect(Buffer.compare(Buffer.from(stored), bytes)).toBe(0);
  });

  test('M4: If-Match and If-None-Match say whether an object may be replaced', async () => {
    const on = (headers: Record<string, string>) =>
      server.withKey('/buckets/desk/m4/condition', { method: 'PUT', body: 'x', headers });
    const first = await on({ 'if-none-match': '*' });
    expect([first.status, (await on({ 'if-none-match': '*' })).status]).toEqual([201, 412]);
    const etag = first.headers.get('etag') ?? '';
    expect([(await on({ 'if-match': '"other"' })).status, (await on({ 'if-match': etag })).status]).toEqual([412, 201]);
    for (const [header, value] of [
      ['If-Match', '*'],
      ['If-None-Match', etag],
    ] as const) {
      const refused = await on({ [header]: value });
      expect([refused.status, await refused.json()]).toMatchObject([400, { field: header }]);
    }
  });

  test('M4: keys that climb and buckets that nobody declares are refused', async () => {
    expect((await put('m4/%2e%2e/%2e%2e/x', 'x')).status).toBeGreaterThanOrEqual(400);
    expect((await put('..%2f..%2fx', 'x')).status).toBe(400);
    for (const key of ['m4/line%0Abreak', '%0A', 'm4/%00', 'm4/%E2%80%A8%0D']) {
      const refused = await put(key, 'x');
      expect([key, refused.status, await refused.json()]).toMatchObject([key, 400, { field: 'key' }]);
    }
    const { status } = await server.withKey('/buckets/nobodys/x', { method: 'PUT', body: 'x' });
    expect(status).toBe(404);
  });

  test('M5: GET gives the bytes, ranges of them, and 304 for a known etag', async () => {
    const { etag } = (await (await put('m5', '0123456789')).json()) as { etag: string };
    const get = (headers: Record<string, string> = {}) => server.withKey('/buckets/desk/m5', { headers });

    const whole = await get();
    expect(whole.status).toBe(200);
    expect(whole.headers.get('etag')).toBe(`"${etag}"`);
    expect(await whole.text()).toBe('0123456789');

    const cases = [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
      [`bytes=8-${'9'.repeat(400)}`, '89', 'bytes 8-9/10'],
    ] as const;
    for (const [range, text, header] of cases) {
      const part = await get({ range });
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, header, text]);
    }
    expect((await get({ range: 'bytes=10-' })).status).toBe(416);
    const known = await get({ 'if-none-match': `"${etag}"` });
    expect([known.status, await known.text()]).toEqual([304, '']);
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await server.withKey('/buckets/desk/none')).status).toBe(404);
  });

  test('M6: lists are by prefix, in pages', async () => {
    for (const name of ['a', 'b', 'c']) await put(`m6/${name}`, name.repeat(3));
    type List = { items: { key: string; size: number; etag: string }[]; next?: string };
    const all = await server.json<List>('/buckets/desk?prefix=m6/');
    expect(all.items.map(({ key, size }) => [key, size])).toEqual([
      ['m6/a', 3],
      ['m6/b', 3],
      ['m6/c', 3],
    ]);
    expect(all.items.every((one) => Object.keys(one).sort().join() === 'etag,key,size')).toBe(true);
    expect(all.next).toBeUndefined();

    const keys: string[] = [];
    let cursor: string | undefined = '';
    let pages = 0;
    while (cursor !== undefined) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: List = await server.json<List>(`/buckets/desk?prefix=m6/&limit=2${from}`);
      keys.push(...page.items.map(({ key }) => key));
      cursor = page.next;
      pages++;
    }
    expect([keys, pages]).toEqual([['m6/a', 'm6/b', 'm6/c'], 2]);
  });
});
