import { expect, test } from 'vitest';
import { redacting } from '../../core/log.ts';
import { redactor } from '../../core/redact.ts';

test('a known value is taken out of every string, and out of names of fields', () => {
  const lines: unknown[] = [];
  const log = redacting((message, fields) => lines.push({ message, ...fields }), redactor(['hunter2']));
  log('hunter2 and hunter2', { a: ['x', { hunter2: 'my hunter2!' }], n: 7, none: null, yes: true });
  log('plain');
  expect(lines).toEqual([
    {
      message: '[redacted] and [redacted]',
      a: ['x', { '[redacted]': 'my [redacted]!' }],
      n: 7,
      none: null,
      yes: true,
    },
    { message: 'plain' },
  ]);
});

test('as it is, as JSON writes it, and as a URL does', () => {
  const value = 'a "quoted"\nß/+?';
  const { text } = redactor([value]);
  for (const form of [value, JSON.stringify({ value }), `https://x/?q=${encodeURIComponent(value)}`])
    expect(text(form)).toMatch(/^[^ß]*\[redacted\][^ß]*$/);
  expect(text(JSON.stringify({ value }))).toBe('{"value":"[redacted]"}');
});

test('a value that is part of another leaves nothing of it standing', () => {
  for (const values of [
    ['secret-1', 'secret-1-and-more'],
    ['secret-1-and-more', 'secret-1'],
  ])
    expect(redactor(values).text('secret-1-and-more, secret-1')).toBe('[redacted], [redacted]');
});

test('values under 6 characters and special characters of patterns do no harm', () => {
  expect(redactor(['', 'a', 'short']).text('a short text')).toBe('a short text');
  expect(redactor(['.*.*.*', '$&$&$&']).text('all of .*.*.* and $&$&$&')).toBe('all of [redacted] and [redacted]');
  expect(redactor(['half \ud800']).text('half \ud800')).toBe('[redacted]');
});

test('a field with the name of a credential loses its value whole', () => {
  const { json } = redactor();
  const names = [
    ...['authorization', 'Proxy-Authorization', 'cookie', 'Set-Cookie', 'password', 'userPassword', 'password_hash'],
    ...['secret', 'clientSecret', 'token', 'accessToken', 'ACCESS_TOKEN', 'accesstoken', 'x-amz-security-token'],
    ...['api-key', 'apiKey', 'APIKEY', 'x-api-key', 'adminKey', 'private_key', 'AccessKey', 'credentials', 'pwd'],
  ];
  for (const name of names) {
    expect(json({ [name]: 'value' })).toEqual({ [name]: '[redacted]' });
    expect(json({ deep: [{ [name]: { inner: ['value', 7] } }] })).toEqual({ deep: [{ [name]: '[redacted]' }] });
    expect(json({ [name]: null })).toEqual({ [name]: null });
  }
  const harmless = { key: 'k', tokenizer: 'T1', tokens: 12, keys: ['a'], secretary: 'Ada', author: 'Bob', cookies: 2 };
  expect(json(harmless)).toEqual(harmless);
});

test('the signature of a URL is taken out', () => {
  const { text } = redactor();
  expect(text('GET "/buckets/a/b?expires=9&signature=abc-_" 200')).toBe(
    'GET "/buckets/a/b?expires=9&signature=[redacted]" 200',
  );
  expect(text('https://s/o?X-Amz-Signature=ab12&x=1 https://s/o?sv=1&sig=a%2Bb')).toBe(
    'https://s/o?X-Amz-Signature=[redacted]&x=1 https://s/o?sv=1&sig=[redacted]',
  );
});

test('a field called __proto__ is a field like any other', () => {
  const given = JSON.parse('{"__proto__":{"a":"hunter2"}}');
  const clean = redactor(['hunter2']).json(given);
  expect(JSON.stringify(clean)).toBe('{"__proto__":{"a":"[redacted]"}}');
});
