import functions, { type HttpResponseInit } from '@azure/functions';
import { expect, test } from 'vitest';
import { parseCookie } from '../../../handlers/azure/http/cookie.ts';
import { toStreamedResult } from '../../../handlers/azure/http/result.ts';
import { toResult } from '../../../handlers/azure/index.ts';

const withCookies = (...lines: string[]): Response =>
  new Response('hello', { headers: [...lines.map((line): [string, string] => ['set-cookie', line]), ['x-a', '1']] });

/** As the library reads it. */
const read = (result: HttpResponseInit) => new functions.HttpResponse(result);

test('status, headers and bytes', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const headers = { 'content-type': 'image/png', 'x-a': '1' };
  const made = read(toResult(new Response(bytes, { status: 201, headers })));
  expect(made.status).toBe(201);
  expect(Object.fromEntries(made.headers)).toEqual(headers);
  expect(new Uint8Array(await made.arrayBuffer())).toEqual(bytes);
});

test.each([204, 205, 304])('%i has no body', (status) => {
  expect(read(toResult(new Response(null, { status }))).body).toBeNull();
});

test('one cookie is the header that it was', () => {
  const line = 'a="b c"; Path=/; Partitioned; SameSite=None; Secure';
  const made = read(toResult(withCookies(line)));
  expect([made.headers.getSetCookie(), made.cookies]).toEqual([[line], []]);
});

test('several are told in words of the library, none as a header', () => {
  const made = read(toResult(withCookies('a=1; Max-Age=60; SameSite=lax', 'b=%C3%A9; HttpOnly; Secure; Path=/x')));
  expect(made.headers.getSetCookie()).toEqual([]);
  expect(made.headers.get('x-a')).toBe('1');
  expect(made.cookies).toEqual([
    { name: 'a', value: '1', maxAge: 60, sameSite: 'Lax' },
    { name: 'b', value: 'é', httpOnly: true, secure: true, path: '/x' },
  ]);
});

test.each([
  ['a=1', true, { name: 'a', value: '1' }],
  ['a=', true, { name: 'a', value: '' }],
  [
    'a=1; Domain=.app.example; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=-1; SameSite=Strict; Secure; HttpOnly',
    true,
    {
      ...{ name: 'a', value: '1', domain: '.app.example', path: '/', expires: new Date('2026-10-21T07:28:00Z') },
      ...{ maxAge: -1, sameSite: 'Strict', secure: true, httpOnly: true },
    },
  ],
  ['a=b=c', false, { name: 'a', value: 'b=c' }],
  ['a=%zz', false, { name: 'a', value: '%zz' }],
  ['a=1; Partitioned', false, { name: 'a', value: '1' }],
  ['a=1; Priority=High', false, { name: 'a', value: '1' }],
  ['a=1; Expires=never', false, { name: 'a', value: '1' }],
  ['a=1; Max-Age=soon', false, { name: 'a', value: '1' }],
  ['a=1; SameSite=maybe', false, { name: 'a', value: '1' }],
  ['a=1; Domain=exa mple', false, { name: 'a', value: '1' }],
  ['a b=1', false, { name: 'a%20b', value: '1' }],
])('%s', (line, exact, cookie) => {
  expect(parseCookie(line)).toEqual({ cookie, exact });
});

test('where the app streams, cookies that the library has no words for leave as they are', () => {
  const lines = ['a=b=c; Partitioned; Secure', 'b=2'];
  const made = toStreamedResult(withCookies(...lines));
  if (!(made instanceof functions.HttpResponse)) throw new Error('the library takes nothing else as it is');
  expect(made.cookies).toEqual([]);
  expect([...made.headers.entries()].filter(([name]) => name === 'set-cookie')).toEqual([['set-cookie', lines]]);
});
