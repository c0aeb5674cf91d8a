import { expect } from 'vitest';
import type { TableClient, TableKey } from '../../core/resources/table.ts';
import { refused } from './bucket-support.ts';
import { byBytes, fieldsOf, idsOf, type Laws } from './table-support.ts';

/** Each is one that some store, path or query would change, merge or take for something else. */
const KEPT = [
  'a',
  'A',
  ' a',
  'a ',
  'a.',
  'a/',
  'a//b',
  '/a',
  '.',
  '..',
  '../x',
  'a\\b',
  'é',
  'e\u0301',
  'ﬁ',
  'fi',
  'K',
  '\u212a',
  'ß',
  'ss',
  '😀',
  '\uffff',
  '\ufeff',
  '\u202eevil',
  '#',
  '?',
  '%',
  '%2F',
  '%00',
  '#?%/\\',
  '&=+',
  '*',
  '_',
  '~',
  "' OR 1=1 --",
  '"',
  '$(x)',
  '__proto__',
  'constructor',
  'null',
  '0',
  '00',
  '-rf',
];
const LONGEST = ['k'.repeat(255), `${'é'.repeat(127)}k`, `${'😀'.repeat(63)}abc`, '%/#'.repeat(85)];
const REFUSED = [
  '',
  'k'.repeat(256),
  'é'.repeat(128),
  '😀'.repeat(64),
  'a\u0000b',
  '\n',
  'a\u001f',
  '\u007f',
  '\u0085',
  '\ud800',
  'a\udfffb',
  7,
  null,
  undefined,
];

/** What holds of partitions and ids. */
export const keyLaws: Laws = {
  'ids that look alike are different, and hostile ones are kept': async (table) => {
    const ids = [...KEPT, ...LONGEST];
    await Promise.all(ids.map((id) => table.create({ partition: 'p', id }, { id })));
    for (const id of ids) expect(await fieldsOf(table, { partition: 'p', id })).toEqual({ id });
    expect(await idsOf(table, 'p')).toEqual(byBytes(ids));
    await table.delete({ partition: 'p', id: 'é' });
    expect(await idsOf(table, 'p')).toEqual(byBytes(ids.filter((id) => id !== 'é')));
  },
  'partitions that look alike are different, and hostile ones are kept': async (table) => {
    const partitions = [...KEPT, ...LONGEST];
    await Promise.all(partitions.map((partition) => table.create({ partition, id: 'a' }, { partition })));
    for (const partition of partitions) {
      expect(await fieldsOf(table, { partition, id: 'a' })).toEqual({ partition });
      expect((await table.query(partition)).items.map((document) => document.partition)).toEqual([partition]);
    }
    await table.transact('é', [{ kind: 'delete', id: 'a' }]);
    for (const partition of partitions) expect(await idsOf(table, partition)).toEqual(partition === 'é' ? [] : ['a']);
  },
  'what divides a partition from an id is in neither': async (table) => {
    const keys = ['', '/', '#', '|', '_', '-', '%', ':', '\\', '.', ' '].flatMap((mark) => [
      { partition: 'a', id: `b${mark}c` },
      { partition: `a${mark}b`, id: 'c' },
    ]);
    await Promise.all(keys.map((key) => table.create(key, { ...key })));
    for (const key of keys) expect(await fieldsOf(table, key)).toEqual(key);
  },
  'a key has 1 to 255 bytes of well-formed text without control characters': async (table) => {
    for (const wrong of REFUSED as string[]) {
      for (const write of writesOf(table, { partition: 'p', id: wrong }))
        await expect(write()).rejects.toMatchObject(refused('id'));
      for (const write of writesOf(table, { partition: wrong, id: 'a' }))
        await expect(write()).rejects.toMatchObject(refused('partition'));
      await expect(table.query(wrong)).rejects.toMatchObject(refused('partition'));
      await expect(table.transact(wrong, [{ kind: 'delete', id: 'a' }])).rejects.toMatchObject(refused('partition'));
      await expect(table.transact('p', [{ kind: 'delete', id: wrong }])).rejects.toMatchObject({
        name: 'InvalidInput',
        data: { field: 'id', index: 0 },
      });
    }
    await expect(table.get(undefined as unknown as TableKey)).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(table.put(null as unknown as TableKey, {})).rejects.toMatchObject({ name: 'InvalidInput' });
  },
};

function writesOf(table: TableClient, key: TableKey): readonly (() => Promise<unknown>)[] {
  return [
    () => table.get(key),
    () => table.create(key, {}),
    () => table.put(key, {}),
    () => table.replace(key, {}),
    () => table.update(key, { n: 1 }),
    () => table.add(key, { n: 1 }),
    () => table.delete(key),
  ];
}
