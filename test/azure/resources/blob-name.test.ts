import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBlobName, toBlobPrefix, toKey } from '../../../handlers/azure/resources/blob-name.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const key = fc
  .array(
    fc.constantFrom(
      '.',
      '..',
      '/',
      '-',
      'a',
      '0',
      ' ',
      'é',
      '\ud7ff',
      '\ue000',
      '\ue002',
      '\uffff',
      '😀',
      '\u{10ffff}',
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

test('ordinary keys are the names of their blobs', () => {
  for (const one of ['a', 'in/photo.jpg', 'v1.0/žluťoučký kůň.txt', 'a//b', 'a/', '.hidden', 'a..b', '-'])
    expect(toBlobName(one)).toBe(one);
});

test('a name leads back to its key, ends no segment with a dot, and is no longer than the bytes of the key', () => {
  fc.assert(
    fc.property(key, (one) => {
      const name = toBlobName(one);
      expect(toKey(name)).toBe(one);
      expect(name).not.toMatch(/\.(?:\/|$)/);
      expect(name.isWellFormed()).toBe(true);
      const growth = (one.match(/\.(?=\/|$)/g) ?? []).length * 2;
      expect(name.length).toBeLessThanOrEqual(Buffer.byteLength(one) + growth);
    }),
  );
});

test('names are in the order of the bytes of their keys, by units and by bytes', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      const order = Math.sign(byBytes(one, other));
      expect(Math.sign(byBytes(toBlobName(one), toBlobName(other)))).toBe(order);
      expect(byUnits(toBlobName(one), toBlobName(other))).toBe(order);
    }),
    { numRuns: 2_000 },
  );
});

test('a prefix begins the names of all keys that it begins, but of itself with a dot at its end', () => {
  fc.assert(
    fc.property(key, key, (prefix, rest) => {
      const keys = prefix.endsWith('.') ? [prefix + rest] : [prefix, prefix + rest];
      for (const one of keys) expect(toBlobName(one).startsWith(toBlobPrefix(prefix))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
