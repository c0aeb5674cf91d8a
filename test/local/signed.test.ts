import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serve } from '../../handlers/local/index.ts';
import { temporary } from '../support/server.ts';
import courier from './programs/courier.ts';

const VALUE = 'correct horse/battery+staple';

let served: Served;
const lines: string[] = [];
beforeAll(async () => {
  served = await serve([courier], {
    port: 0,
    data: temporary(),
    env: { SKEIN_SECRET_MAIL_PASSWORD: VALUE, SKEIN_ADMIN_KEY: 'the-key-of-the-house' },
    log: (message, fields) => lines.push(JSON.stringify({ message, ...fields })),
  });
});
afterAll(() => served.close());

const send = (url: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(url, served.url), init);
const withKey = (url: string, init: RequestInit = {}): Promise<Response> =>
  send(url, { ...init, headers: { ...init.headers, authorization: 'Bearer the-key-of-the-house' } });
const put = async (key: string, type: string): Promise<void> => {
  const { status } = await withKey(`/buckets/parcels/${key}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: '<script>alert(1)</script>',
  });
  expect(status).toBe(201);
};

/** Runs a workflow of the courier to its end. */
async function deliver(workflow: 'near' | 'far', key: string): Promise<{ upload: string; download: string }> {
  const { engine } = served.room;
  const { id } = await engine.start(workflow, key);
  const outcome = await engine.result(id);
  expect(outcome).toMatchObject({ output: { length: VALUE.length } });
  return (outcome as unknown as { output: { upload: string; download: string } }).output;
}

describe.each(['near', 'far'] as const)('a step that is %s', (workflow) => {
  test('signs URLs that the server takes', async () => {
    const { upload, download } = await deliver(workflow, `${workflow}/a b?.txt`);
    expect(upload).toMatch(/^\/buckets\/parcels\/(near|far)\/a%20b%3F\.txt\?expires=\d+&signature=[\w-]{43}$/);
    const headers = { 'content-type': 'text/plain' };
    expect((await send(upload, { method: 'PUT', headers, body: 'hello' })).status).toBe(201);
    expect(await (await send(download)).text()).toBe('hello');
    const head = await send(download, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
  });

  test('logs neither the secret nor what is named like one', async () => {
    lines.length = 0;
    await deliver(workflow, 'b');
    const line = lines.find((one) => one.includes('logging in'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      message: 'logging in with [redacted]',
      note: 'smtp://me:[redacted]@mail',
      password: '[redacted]',
    });
    expect(lines.join('\n')).not.toMatch(/horse|short/);
  });
});

describe('a signed URL', () => {
  test('opens nothing else: no list, no deletion, no run', async () => {
    await put('kept', 'text/plain');
    const { download } = await deliver('near', 'kept');
    const query = download.slice(download.indexOf('?'));
    for (const path of ['/buckets/parcels', '/buckets/parcels/', '/buckets/other/kept', '/runs'])
      expect([path, (await send(path + query)).status]).toEqual([path, path.endsWith('/') ? 404 : 401]);
    for (const method of ['DELETE', 'POST', 'PATCH'])
      expect((await send(download, { method })).status).toBeGreaterThanOrEqual(400);
    expect((await send(download)).status).toBe(200);
  });

  test('that is wrong says so, and a right key does without', async () => {
    await put('kept', 'text/plain');
    const { download } = await deliver('near', 'kept');
    const wrong = await send(`${download}x`);
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: 'Unauthorized', detail: /expired/ }]);
    expect((await withKey(`${download}x`)).status).toBe(200);
  });

  test('conditions and validators hold as they do with the key', async () => {
    await put('kept', 'text/plain');
    const { upload, download } = await deliver('near', 'kept');
    const headers = { 'content-type': 'text/plain' };
    const body = 'new';
    const creating = await send(upload, { method: 'PUT', headers: { ...headers, 'if-none-match': '*' }, body });
    expect(creating.status).toBe(412);
    const etag = (await send(download)).headers.get('etag') ?? '';
    expect((await send(download, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const range = 'bytes=0-3';
    expect((await send(download, { headers: { range, 'if-range': etag } })).status).toBe(206);
    for (const stale of ['"other"', `W/${etag}`, new Date().toUTCString()])
      expect((await send(download, { headers: { range, 'if-range': stale } })).status).toBe(200);
  });
});

describe('what somebody stored cannot act on this host', () => {
  const shown = ['image/png', 'image/webp', 'text/plain', 'Text/Plain; charset=utf-8', 'application/json', 'video/mp4'];
  const saved = [
    ...['text/html', 'text/html;charset=utf-8', 'application/xhtml+xml', 'text/xml', 'application/pdf', 'text/css'],
    ...['image/svg+xml', 'image/svg+xml; charset=utf-8', 'IMAGE/SVG+XML', 'image/x+xml', 'text/javascript', 'x'],
    ...['image/png, text/html', 'image/png;, text/html', 'text/plain,text/html', 'text/plainer', 'application/jsonp'],
  ];
  test.each([...shown, ...saved])('%s', async (type) => {
    await put('page', type);
    const { download } = await deliver('near', 'page');
    for (const response of [await send(download), await withKey('/buckets/parcels/page')]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': type,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      expect(response.headers.get('content-disposition')).toBe(shown.includes(type) ? null : 'attachment');
    }
  });
});
