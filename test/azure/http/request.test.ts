import { expect, test } from 'vitest';
import { toRequest } from '../../../handlers/azure/index.ts';
import { given } from './support.ts';

test('method, path, query and headers stay as they were received', () => {
  const url = 'https://app.example/a%2Fb/%C3%A9?x=1&x=2&y=%20+&z';
  const made = toRequest(given({ method: 'PATCH', url, headers: { 'x-a': '1, 2', accept: 'text/*' } }));
  expect([made.method, made.url]).toEqual(['PATCH', url]);
  expect([made.headers.get('x-a'), made.headers.get('accept')]).toEqual(['1, 2', 'text/*']);
});

test.each([
  [{}, 'http://inner.example:8080/a?b=c', null],
  [{ 'x-forwarded-proto': 'https' }, 'https://inner.example:8080/a?b=c', null],
  [
    { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'outer.example' },
    'https://outer.example/a?b=c',
    'outer.example',
  ],
  [{ 'x-forwarded-host': 'outer.example:8443' }, 'http://outer.example:8443/a?b=c', 'outer.example:8443'],
  [{ 'x-forwarded-host': '[::1]:80' }, 'http://[::1]/a?b=c', '[::1]'],
  [{ 'x-forwarded-proto': 'javascript' }, 'http://inner.example:8080/a?b=c', null],
  [{ 'x-forwarded-host': 'a b' }, 'http://inner.example:8080/a?b=c', null],
  [{ 'x-forwarded-host': 'user:secret@outer.example' }, 'http://inner.example:8080/a?b=c', null],
  [{ 'x-forwarded-host': 'outer.example/path?query' }, 'http://inner.example:8080/a?b=c', null],
])('%j', (headers, url, host) => {
  const made = toRequest(given({ url: 'http://inner.example:8080/a?b=c', headers: headers as Record<string, string> }));
  expect(made.url).toBe(url);
  expect(made.headers.get('host')).toBe(host);
});

test('a body is read as it arrives, byte for byte', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const made = toRequest(given({ method: 'POST', body: { bytes } }));
  expect(new Uint8Array(await made.arrayBuffer())).toEqual(bytes);
});

test('a GET and a POST without one have none', async () => {
  expect(toRequest(given({ body: { string: 'dropped' } })).body).toBeNull();
  expect(await toRequest(given({ method: 'POST' })).text()).toBe('');
});
