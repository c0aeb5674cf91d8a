import { expect } from 'vitest';
import type { BucketClient, ListOptions } from '../../core/resources/bucket.ts';
import { expectKeepsOrRefuses, found, inBatches, type Laws, refused } from './bucket-support.ts';

/** Ascending by UTF-8 bytes; by UTF-16 units or by a locale they would stand otherwise. */
const ORDERED = [
  'A',
  'B',
  'a',
  'a!',
  'a-b',
  'a/',
  'a/b',
  'a/b/c',
  'a0',
  'aa',
  'b',
  'e\u0301',
  'é',
  '\ud7ff',
  '\uffff',
  '😀',
];

/** Each is a key that some store, shell or file system would change, merge or walk out with. */
export const HOSTILE = [
  ...[
    '',
    '.',
    '..',
    '../x',
    'a/../../x',
    'a/..',
    '/abs',
    '//host/x',
    '\\x',
    '..\\x',
    'C:\\x',
    'a/./b',
    'a\u0000b',
    'a\nb',
    '\u007f',
  ],
  ...[
    '\ud800',
    'a\udfffb',
    'C:x',
    'a//b',
    'a/',
    'CON',
    'aux.txt',
    '...',
    '.hidden',
    'a.',
    'a ',
    ' a',
    '~',
    '-rf',
    '*',
    '?',
    '%',
  ],
  ...[
    '%2e%2e%2fx',
    '..%2fx',
    'a%00b',
    '__proto__',
    'constructor',
    'toString',
    '\u202eevil',
    '\ufeff',
    "' OR 1=1 --",
    '$(x)',
  ],
];

/** What holds of keys, and of the lists of them. */
export const keyLaws: Laws = {
  'keys that look alike are different': async (bucket) => {
    const keys = [
      'readme',
      'README',
      'ReadMe',
      'é',
      'e\u0301',
      'ﬁ',
      'fi',
      'a',
      'a/',
      'a/b',
      'a//b',
      'a.',
      'a ',
      'K',
      '\u212a',
      'ß',
      'ss',
    ];
    for (const key of keys) await bucket.put(key, key);
    for (const key of keys) expect(await (await found(bucket, key)).text()).toBe(key);
    expect(await keysOf(bucket)).toEqual(byBytes(keys));
    await bucket.delete('a');
    expect(await keysOf(bucket)).toEqual(byBytes(keys.filter((key) => key !== 'a')));
  },
  'hostile keys are kept as they are or refused': async (bucket) => {
    await expectKeepsOrRefuses(bucket, HOSTILE);
  },
  'a key has 1 to 1,024 bytes': async (bucket) => {
    for (const key of ['k'.repeat(1024), 'é'.repeat(512), '😀'.repeat(256), `${'deep/'.repeat(204)}file`]) {
      await bucket.put(key, 'kept');
      expect(await (await found(bucket, key)).text()).toBe('kept');
    }
    for (const key of ['', 'k'.repeat(1025), `${'é'.repeat(512)}k`, '😀'.repeat(257), 7 as unknown as string]) {
      await expect(bucket.put(key, '')).rejects.toMatchObject(refused('key'));
      await expect(bucket.get(key)).rejects.toMatchObject(refused('key'));
      await expect(bucket.head(key)).rejects.toMatchObject(refused('key'));
      await expect(bucket.delete(key)).rejects.toMatchObject(refused('key'));
    }
  },
  'a list is in the order of UTF-8 bytes': async (bucket) => {
    for (const key of [...ORDERED].reverse()) await bucket.put(key, '');
    expect(await keysOf(bucket)).toEqual(ORDERED);
    expect(await keysOf(bucket, { limit: 1 })).toEqual(ORDERED);
  },
  'a prefix selects by its bytes': async (bucket) => {
    const dots = ['a.', 'a..b', 'a./x', 'a.-'];
    const keys = [...ORDERED, ...dots, '\u{10ffff}', '\u{10ffff}z', '%', '_', 'a%b', 'a_b', '\u007e'];
    for (const key of keys) await bucket.put(key, '');
    const prefixes = [
      '',
      'a',
      'a/',
      'a/b',
      'a/b/c/d',
      'é',
      'e',
      '\uffff',
      '😀',
      '\u{10ffff}',
      '%',
      '_',
      'a%',
      'a_',
      'a-',
      'a.',
      'a..',
      'a.-',
      'z',
      '../',
    ];
    for (const prefix of prefixes)
      for (const limit of [2, 1000]) {
        const wanted = byBytes(keys.filter((key) => key.startsWith(prefix)));
        expect(await keysOf(bucket, { prefix, limit }), prefix).toEqual(wanted);
      }
    await expect(bucket.list({ prefix: '\ud83d' })).rejects.toMatchObject(refused('prefix'));
  },
  'pages are complete, without duplicates': async (bucket) => {
    const keys = Array.from({ length: 2500 }, (_, n) => `${n % 3 ? 'even' : 'odd'}/${(n * 7919) % 2500}`);
    await inBatches(keys, (key) => bucket.put(key, ''));
    for (const limit of [1, 7, 1000]) expect(await keysOf(bucket, { limit })).toEqual(byBytes(keys));
    const odd = keys.filter((key) => key.startsWith('odd/'));
    for (const limit of [7, odd.length]) expect(await keysOf(bucket, { prefix: 'odd/', limit })).toEqual(byBytes(odd));
    const page = await bucket.list();
    expect(page.items).toHaveLength(1000);
    expect((await bucket.list({ cursor: page.next! })).items[0]!.key).toBe(byBytes(keys)[1000]);
    expect((await bucket.list({ prefix: 'none/' })).items).toEqual([]);
  },
  'a limit or a cursor that is none is refused': async (bucket) => {
    await bucket.put('a', '');
    for (const limit of [0, -1, 1001, 1.5, Number.NaN, '7' as unknown as number])
      await expect(bucket.list({ limit })).rejects.toMatchObject(refused('limit'));
    for (const cursor of ['', 'not a cursor', '../..', '=', 'gICA', 7 as unknown as string])
      await expect(bucket.list({ cursor })).rejects.toMatchObject(refused('cursor'));
  },
  'what is there all along is listed once while others write': async (bucket) => {
    const stable = Array.from({ length: 200 }, (_, n) => `${String(n).padStart(3, '0')}-stable`);
    await inBatches(stable, (key) => bucket.put(key, ''));
    let writing = true;
    const write = async () => {
      for (let n = 0; n < 60; n++) {
        await bucket.put(`${String((n * 37) % 200).padStart(3, '0')}-passing`, '');
        if (n % 2) await bucket.delete(`${String((n * 37) % 200).padStart(3, '0')}-passing`);
        await bucket.put(stable[n]!, 'again');
      }
      writing = false;
    };
    const list = async () => {
      while (writing) {
        const keys = await keysOf(bucket, { limit: 9 });
        expect(keys).toEqual(byBytes([...new Set(keys)]));
        expect(keys.filter((key) => key.endsWith('stable'))).toEqual(stable);
      }
    };
    await Promise.all([write(), list()]);
  },
};

/** Every key, page by page; each page but the last is full, and none is longer than asked. */
async function keysOf(bucket: BucketClient, options: ListOptions = {}): Promise<string[]> {
  const { limit = 1000 } = options;
  const keys: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await bucket.list({ ...options, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...items.map(({ key }) => key));
    if (next === undefined) expect(items.length).toBeLessThanOrEqual(limit);
    else expect(items.length).toBe(limit);
    if (next === undefined) return keys;
    cursor = next;
  }
}

function byBytes(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
