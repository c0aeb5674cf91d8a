import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { appFolder, openApp } from './open-app.ts';

const orders = appFolder('orders');
const httpOnly = { triggers: false } as const;

interface Echo {
  readonly url: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly hooked: boolean;
}

/** As fetch cannot send it: several headers of a name, and a body without its length. */
async function ask(url: string, init: { headers?: Record<string, string[]>; body?: string }) {
  const asked = request(url, { method: 'POST', headers: init.headers ?? {} });
  if (init.body !== undefined) asked.write(init.body);
  asked.end();
  const [answer] = await once(asked, 'response');
  return JSON.parse(await text(answer)) as Echo;
}

describe('HTTP functions', () => {
  it('answers on loopback what the functions of an unchanged app answer', async () => {
    const { host, log } = await openApp(orders, httpOnly);
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const hello = await host.fetch('/api/hello?name=Ada');
    expect([hello.status, await hello.text()]).toEqual([200, 'Hello, Ada!']);
    expect(hello.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
    const posted = await host.fetch('/api/HELLO', { method: 'POST', body: 'Bob' });
    expect(await posted.text()).toBe('Hello, Bob!');
    const written = log.find(({ message }) => message.startsWith('Http function processed'));
    expect(written?.fields).toMatchObject({ level: 'information', category: 'user', function: 'hello' });
    expect(log.find(({ message }) => message === 'function succeeded')?.fields).toMatchObject({
      reason: 'GET /api/hello',
    });
  });

  it('finds routes as ASP.NET does: literals, constrained parameters, then the rest', async () => {
    const { host } = await openApp(orders, httpOnly);
    const from = async (path: string) => (await host.fetch(path)).json();
    expect(await from('/api/products/special')).toEqual({ from: 'special' });
    expect(await from('/api/products/tv/5')).toEqual({ from: 'product', category: 'tv', id: '5' });
    expect(await from('/api/products/tv')).toEqual({ from: 'product', category: 'tv' });
    expect(await from('/api/products/4k/5')).toEqual({ from: 'anything', rest: '4k/5' });
    expect((await host.fetch('/api/products/special', { method: 'POST' })).status).toBe(200);
    expect((await host.fetch('/api/hello', { method: 'DELETE' })).status).toBe(404);
    expect((await host.fetch('/hello')).status).toBe(404);
    expect((await host.fetch('/api/%zz')).status).toBe(400);
  });

  it('refuses a host that is more than a host', async () => {
    const { host } = await openApp(orders, httpOnly);
    for (const name of ['a b@c', 'c/d', 'c?d', 'c#d']) {
      const [answer] = await once(request(`${host.url}/api/hello`, { headers: { host: name } }).end(), 'response');
      expect([name, answer.statusCode]).toEqual([name, 400]);
      answer.resume();
    }
  });

  it('hands over body, headers, URL and hooks, and answers bytes', async () => {
    const { host } = await openApp(orders, httpOnly);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const echo = (await (await host.fetch('/api/echo?x=%C3%BC', { method: 'PUT', body: bytes })).json()) as Echo;
    expect(echo).toMatchObject({
      hooked: true,
      method: 'PUT',
      url: `${host.url}/api/echo?x=%C3%BC`,
      query: [['x', 'ü']],
    });
    expect([...Buffer.from(echo.body ?? '', 'base64')]).toEqual([...bytes]);
    const image = await host.fetch('/api/image');
    expect(image.headers.get('content-type')).toBe('image/png');
    expect([...new Uint8Array(await image.arrayBuffer())]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    const teapot = await host.fetch('/api/response');
    expect([teapot.status, await teapot.text()]).toEqual([418, 'a teapot']);
    expect((await host.fetch('/api/nothing')).status).toBe(204);
  });

  it('writes cookies as ASP.NET does; of several headers the library keeps the last', async () => {
    const { host } = await openApp(orders, httpOnly);
    const { headers } = await host.fetch('/api/cookies');
    expect(headers.getSetCookie()).toEqual([
      'id=%C3%BC%20%281%29; max-age=60; path=/; secure; samesite=strict; httponly',
      'gone=; expires=Wed, 01 Jan 2020 00:00:00 GMT; path=/shop',
    ]);
    expect(headers.get('x-many')).toBe('a, b');
    expect((await host.fetch('/api/manyCookies')).headers.getSetCookie()).toEqual(['b=2']);
  });

  it('answers an empty 500 for what a handler throws, and says why in the log', async () => {
    const { host, log } = await openApp(orders, httpOnly);
    const wrong = await host.fetch('/api/wrong');
    expect([wrong.status, await wrong.text()]).toEqual([500, '']);
    const failed = log.find(({ message }) => message === 'function failed');
    expect(failed?.fields).toMatchObject({ function: 'wrong', error: 'RangeError: out of range' });
    expect(String(failed?.fields.stack)).toContain('apps/orders/src/functions/http.js');
    expect((await host.fetch('/api/text')).status).toBe(500);
  });

  it('keeps the app from the environment of the host', async () => {
    process.env.SKEIN_HOST_SECRET = 'secret';
    const { host } = await openApp(orders, { ...httpOnly, env: { GIVEN: 'yes' } });
    delete process.env.SKEIN_HOST_SECRET;
    const env = (await (await host.fetch('/api/env')).json()) as Record<string, string>;
    expect(env).toMatchObject({ GIVEN: 'yes', GREETING: 'Hello', WEBSITE_HOSTNAME: new URL(host.url).host });
    expect(env).not.toHaveProperty('SKEIN_HOST_SECRET');
  });

  it('loses what the real host loses, in strict mode only', async () => {
    const kind = { 'content-type': ['text/plain'] };
    const { host: lax } = await openApp(orders, httpOnly);
    const kept = await ask(`${lax.url}/api/echo?a=1&a=2`, { headers: kind, body: 'chunked' });
    expect(kept.query).toEqual([
      ['a', '1'],
      ['a', '2'],
    ]);
    expect(Buffer.from(kept.body ?? '', 'base64').toString()).toBe('chunked');
    const { host: strict } = await openApp(orders, { ...httpOnly, strict: true });
    const lost = await ask(`${strict.url}/api/echo?a=1&a=2`, { headers: kind, body: 'chunked' });
    expect(lost).toMatchObject({ query: [['a', '1,2']], body: '' });
    const whole = await ask(`${strict.url}/api/echo`, { headers: { 'content-length': ['2'] }, body: 'ok' });
    expect(Buffer.from(whole.body ?? '', 'base64').toString()).toBe('ok');
  });

  it('asks for keys where there are any', async () => {
    const keys = { function: 'f-key-of-eight', admin: 'a-key-of-eight' };
    const { host } = await openApp(orders, { ...httpOnly, keys });
    const status = async (path: string, key?: string) =>
      (await host.fetch(path, key === undefined ? {} : { headers: { 'x-functions-key': key } })).status;
    expect(await status('/api/hello')).toBe(200);
    expect([await status('/api/locked'), await status('/api/locked', 'wrong')]).toEqual([401, 401]);
    expect([await status('/api/locked', keys.function), await status('/api/locked', keys.admin)]).toEqual([200, 200]);
    expect(await status(`/api/locked?code=${keys.function}`)).toBe(200);
    expect([await status('/api/adminOnly', keys.function), await status('/api/adminOnly', keys.admin)]).toEqual([
      401, 200,
    ]);
    expect([await status('/admin/functions'), await status('/admin/functions', keys.admin)]).toEqual([401, 200]);
    const open = await openApp(orders, httpOnly);
    expect((await open.host.fetch('/api/adminOnly')).status).toBe(200);
  });

  it('refuses bodies over the limit, and pages of other origins at its own API', async () => {
    const { host } = await openApp(orders, { ...httpOnly, env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '10' } });
    expect((await host.fetch('/api/echo', { method: 'POST', body: '0123456789a' })).status).toBe(413);
    expect((await host.fetch('/api/echo', { method: 'POST', body: '0123456789' })).status).toBe(200);
    const foreign = { headers: { origin: 'https://evil.example' } };
    expect((await host.fetch('/admin/host/status', foreign)).status).toBe(403);
    expect(await (await host.fetch('/admin/host/status')).json()).toMatchObject({ state: 'Running' });
    expect((await host.fetch('/')).status).toBe(200);
  });
});
