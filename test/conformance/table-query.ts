import { expect } from 'vitest';
import { refused } from './bucket-support.ts';
import { byBytes, everyPage, fill, idsOf, type Laws, p } from './table-support.ts';

/** Ascending by UTF-8 bytes; by UTF-16 units, by numbers or by a locale they would stand otherwise. */
const ORDERED = [
  '!',
  '10',
  '9',
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
  '\u{10ffff}',
  '\u{10ffff}z',
];

/** What holds of queries. */
export const queryLaws: Laws = {
  'a query is in the order of UTF-8 bytes': async (table) => {
    for (const id of [...ORDERED].reverse()) await table.put(p(id), { id });
    expect(await idsOf(table, 'p')).toEqual(ORDERED);
    expect(await idsOf(table, 'p', { limit: 1 })).toEqual(ORDERED);
    expect(await idsOf(table, 'P')).toEqual([]);
  },
  'a prefix selects by its bytes': async (table) => {
    const ids = [...ORDERED, '%', '_', 'a%b', 'a_b', '~', '\u{10ffff}'.repeat(63), 'z'.repeat(255)];
    await fill(table, 'p', ids);
    const some = ['', 'a', 'a/', 'a/b', 'a/b/c/d', 'é', 'e', '\uffff', '😀', '\u{10ffff}', 'z'.repeat(255)];
    for (const prefix of [...some, '%', '_', 'a%', 'a_', 'zy', '../'])
      for (const limit of [2, 1000]) {
        const wanted = byBytes(ids.filter((id) => id.startsWith(prefix)));
        expect(await idsOf(table, 'p', { prefix, limit }), prefix).toEqual(wanted);
      }
    for (const prefix of ['\ud83d', 'k'.repeat(256), 'a\u0000', 7 as unknown as string])
      await expect(table.query('p', { prefix })).rejects.toMatchObject(refused('prefix'));
  },
  'pages are complete, without duplicates': async (table) => {
    const ids = Array.from({ length: 1000 }, (_, n) => `${n % 3 ? 'even' : 'odd'}/${(n * 7919) % 1000}`);
    await fill(table, 'p', ids);
    await fill(table, 'q', ['elsewhere']);
    for (const limit of [1, 7, 1000]) expect(await idsOf(table, 'p', { limit })).toEqual(byBytes(ids));
    const odd = byBytes(ids.filter((id) => id.startsWith('odd/')));
    for (const limit of [7, odd.length]) expect(await idsOf(table, 'p', { prefix: 'odd/', limit })).toEqual(odd);
    const page = await table.query('p');
    expect(page.items.map(({ id }) => id)).toEqual(byBytes(ids).slice(0, 100));
    for (const { id, value } of await everyPage(table, 'p', { limit: 300 })) expect(value).toEqual({ id });
  },
  'a limit or a cursor that is none is refused': async (table) => {
    await table.put(p('a'), {});
    for (const limit of [0, -1, 1001, 1.5, Number.NaN, '7' as unknown as number])
      await expect(table.query('p', { limit })).rejects.toMatchObject(refused('limit'));
    for (const cursor of ['', 'not a cursor', '%', '=', '\u0000', 7 as unknown as string])
      await expect(table.query('p', { cursor })).rejects.toMatchObject(refused('cursor'));
  },
  'a cursor goes on after what is deleted meanwhile': async (table) => {
    await fill(table, 'p', ['a', 'b', 'c', 'd']);
    const { next } = await table.query('p', { limit: 2 });
    await table.delete(p('b'));
    await table.delete(p('c'));
    await table.put(p('aa'), {});
    expect((await table.query('p', { cursor: next! })).items.map(({ id }) => id)).toEqual(['d']);
  },
  'what is there all along is listed once while others write': async (table) => {
    const name = (n: number, kind: string) => `${String(n).padStart(3, '0')}-${kind}`;
    const stable = Array.from({ length: 100 }, (_, n) => name(n, 'stable'));
    await fill(table, 'p', stable);
    let writing = true;
    const write = async () => {
      for (let n = 0; n < 60; n++) {
        const passing = name((n * 37) % 100, 'passing');
        await table.put(p(passing), {});
        if (n % 2) await table.delete(p(passing));
        await table.put(p(stable[n]!), { again: true });
      }
      writing = false;
    };
    const list = async () => {
      while (writing) {
        const ids = await idsOf(table, 'p', { limit: 9 });
        expect(ids).toEqual(byBytes([...new Set(ids)]));
        expect(ids.filter((id) => id.endsWith('stable'))).toEqual(stable);
      }
    };
    await Promise.all([write(), list()]);
  },
};
