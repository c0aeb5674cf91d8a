import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../handlers/azure/host/index.ts';
import { hosted } from './published.ts';

const lines: string[] = [];
let host: Host;
beforeAll(async () => {
  const log = (message: string): void => void lines.push(message);
  host = await hosted(new URL('./programs/echo.ts', import.meta.url).pathname, { log });
});
afterAll(() => host?.close());

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const echo = async (path: string, init?: RequestInit): Promise<Echo> =>
  (await (await fetch(new URL(path, host.url), init)).json()) as Echo;

test('one function takes every path and method, and needs no key', () => {
  expect(host.functions.map(({ name, kind }) => [name, kind])).toEqual([['http', 'http']]);
});

describe('what the client sent is what the app sees', () => {
  test.each(['/echo/a%2Fb/%C3%A9', '/echo/a?x=1&x=2&y=a+b&z', '/echo/a/?q=%25', '/echo/%20%5C'])('%s', async (path) => {
    expect((await echo(path)).url).toBe(`${host.url}${path}`);
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s', async (method) => {
    expect((await echo('/echo/', { method })).method).toBe(method);
  });

  test('headers, several values of a name too', async () => {
    const headers: [string, string][] = [
      ['x-a', '1'],
      ['x-a', '2'],
      ['cookie', 'a=1; b=2'],
    ];
    expect((await echo('/echo/', { headers })).headers).toMatchObject({ 'x-a': '1, 2', cookie: 'a=1; b=2' });
  });

  test('bytes', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    const { body } = await echo('/echo/', { method: 'POST', body: bytes });
    expect(Buffer.from(body, 'base64').equals(bytes)).toBe(true);
  });

  test('a body that declares no length', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const text of ['one ', 'two']) controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: stream, duplex: 'half' };
    expect(Buffer.from((await echo('/echo/', init)).body, 'base64').toString()).toBe('one two');
  });

  test('the address that a front says', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'apps.example' };
    const { url, headers: seen } = await echo('/echo/a?b', { headers });
    expect([url, seen.host]).toEqual(['https://apps.example/echo/a?b', 'apps.example']);
  });
});

describe('what the app answers is what the client gets', () => {
  test.each([
    ['plain', ['a=1; Path=/; HttpOnly', 'b=%C3%A9; Max-Age=60; SameSite=Lax']],
    [
      'strange',
      [
        'a=b=c; Path=/; Partitioned; Secure; SameSite=None',
        'b="2"; Priority=High',
        'c=3; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      ],
    ],
    ['one', ['a=b=c; Partitioned']],
  ])('cookies: %s', async (kind, expected) => {
    const { headers } = await fetch(new URL(`/cookies/${kind}`, host.url));
    expect(headers.getSetCookie()).toEqual(expected);
  });

  test.each([204, 205, 304])('%i', async (status) => {
    const answer = await fetch(new URL(`/status/${status}`, host.url));
    expect([answer.status, answer.headers.get('x-kept'), await answer.text()]).toEqual([status, 'yes', '']);
  });

  test('HEAD', async () => {
    const answer = await fetch(new URL('/cookies/one', host.url), { method: 'HEAD' });
    expect([answer.status, answer.headers.getSetCookie().length, await answer.text()]).toEqual([200, 1, '']);
  });

  test('a body while it is made', async () => {
    const { body } = await fetch(new URL('/slow', host.url));
    const chunks: string[] = [];
    for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(['one', 'two', 'three']);
  });

  test('a mebibyte there and back', async () => {
    const bytes = Buffer.alloc(1024 * 1024, 'skein');
    const answer = await fetch(new URL('/mirror', host.url), { method: 'POST', body: bytes });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('a defect has an id in the answer and its reason in the log', async () => {
    const answer = await fetch(new URL('/throws', host.url));
    const body = await answer.text();
    expect([answer.status, body.includes('secret')]).toEqual([500, false]);
    const { id } = JSON.parse(body) as { id: string };
    expect(lines.find((line) => line.includes(id))).toContain('the secret reason');
  });
});

test('a client that hangs up does not end the app', async () => {
  await new Promise<void>((resolve) => {
    const sent = request(new URL('/slow', host.url), (answer) => answer.once('data', () => void sent.destroy()));
    sent
      .on('close', resolve)
      .on('error', () => undefined)
      .end();
  });
  expect((await fetch(new URL('/cookies/one', host.url))).status).toBe(200);
});
