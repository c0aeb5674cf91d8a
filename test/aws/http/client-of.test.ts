import { expect, test } from 'vitest';
import { clientOf } from '../../../handlers/aws/http/client-of.ts';
import { httpKindOf } from '../../../handlers/aws/http/kinds.ts';

const KEY = 'k'.repeat(43);
const asked = (headers: Record<string, string>) => new Request('https://a.test/', { headers });

test('behind the own CloudFront it is the viewer, else who connected', () => {
  const through = asked({ 'x-skein-front': KEY, 'x-skein-viewer': '192.0.2.7' });
  expect(clientOf(through, '198.51.100.1', () => KEY)).toBe('192.0.2.7');
  expect([...through.headers]).toEqual([]);
  for (const key of ['', 'k', `${KEY}k`])
    expect(clientOf(asked({ 'x-skein-front': key, 'x-skein-viewer': '192.0.2.7' }), '198.51.100.1', () => KEY)).toBe(
      '198.51.100.1',
    );
  for (const none of [undefined, ''])
    expect(clientOf(asked({ 'x-skein-front': '', 'x-skein-viewer': '192.0.2.7' }), '198.51.100.1', () => none)).toBe(
      '198.51.100.1',
    );
  expect(clientOf(asked({}), undefined, () => KEY)).toBeUndefined();
});

test('fronts say who connected', () => {
  const http = { rawPath: '/', requestContext: { http: { method: 'GET', sourceIp: '192.0.2.1' } } };
  const rest = { httpMethod: 'GET', resource: '/', requestContext: { identity: { sourceIp: '192.0.2.2' } } };
  expect([http, rest].map((event) => httpKindOf(event)?.addressOf?.(event))).toEqual(['192.0.2.1', '192.0.2.2']);
});
