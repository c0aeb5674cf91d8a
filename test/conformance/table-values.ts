import { expect } from 'vitest';
import type { Fields } from '../../core/resources/table.ts';
import { refused } from './bucket-support.ts';
import { fieldsOf, found, type Laws, p } from './table-support.ts';

const LIMIT = 262_144;
const tooLarge = (field: string) => ({ name: 'PayloadTooLarge', data: { field, limit: LIMIT } });

/** A document whose JSON has just so many bytes. */
const ofBytes = (bytes: number): Fields => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

const STRINGS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\n\r\t\u001b[31m',
  '\u2028\u2029',
  '\ufeff',
  '\ufffe\uffff',
  'é',
  'e\u0301',
  '😀',
  '\ud800',
  '\udfff\ud800',
  '\u202eevil',
  '"\\"',
  "'; DROP TABLE document; --",
  '$(x) {{x}} %s `x`',
  '2026-01-01T00:00:00Z',
  'null',
  '[object Object]',
];
const NUMBERS = [
  0,
  1,
  -1,
  0.1,
  1 / 3,
  -1e-7,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  1e21,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
];
/** Names that a prototype, a store's own columns or a path would take for something else. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '0',
  'id',
  'partition',
  'version',
  'expiresAt',
  'ttl',
  'PartitionKey',
  'RowKey',
  'Timestamp',
  'pk',
  'sk',
  'value',
  'a.b',
  '#a',
  ':a',
  'a b',
  '$set',
  '😀',
  'é',
  'e\u0301',
  '',
];

/** What holds of values. */
export const valueLaws: Laws = {
  'JSON of every kind comes back as it was': async (table) => {
    const value: Fields = {
      none: null,
      yes: true,
      no: false,
      numbers: NUMBERS,
      strings: STRINGS,
      list: [[], {}, [[null]], { a: [] }],
      nested: { a: { b: { c: [1, { d: null }] } } },
      deep: JSON.parse(`${'{"a":'.repeat(100)}[]${'}'.repeat(100)}`),
      long: 'ž🐎'.repeat(20_000),
    };
    for (const write of [
      () => table.create(p('a'), value),
      () => table.put(p('a'), value),
      () => table.replace(p('a'), value),
      () => table.update(p('a'), value),
    ]) {
      expect((await write()).value).toStrictEqual(value);
      expect(await fieldsOf(table, p('a'))).toStrictEqual(value);
      expect((await table.query('p')).items.map((document) => document.value)).toStrictEqual([value]);
    }
    await table.put(p('a'), {});
    expect(await fieldsOf(table, p('a'))).toStrictEqual({});
  },
  'a field may have any name': async (table) => {
    const value = withNames((n) => n);
    const entries = Object.entries(value).sort();
    expect(entries).toHaveLength(NAMES.length);
    expect(Object.entries((await table.put(p('a'), value)).value).sort()).toEqual(entries);
    expect(Object.entries(await fieldsOf(table, p('a'))).sort()).toEqual(entries);

    const sum = await table.add(p('a'), withNames(() => 1) as Record<string, number>);
    expect(Object.entries(sum.value).sort()).toEqual(Object.entries(withNames((n) => n + 1)).sort());
    await table.put(p('b'), {});
    await table.add(p('b'), withNames(() => 1) as Record<string, number>);
    expect(Object.entries(await fieldsOf(table, p('b'))).sort()).toEqual(Object.entries(withNames(() => 1)).sort());

    await table.update(p('a'), { ...withNames(() => ({ polluted: true })), toString: undefined });
    const after = await fieldsOf(table, p('a'));
    expect(Object.keys(after).sort()).toEqual(NAMES.filter((name) => name !== 'toString').sort());
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
  'what is no JSON object is refused': async (table) => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const before = await table.put(p('a'), { n: 1 });
    for (const value of [null, undefined, 7, 'text', true, [], [{}], cycle, { n: 1n }]) {
      await expect(table.create(p('b'), value as Fields)).rejects.toMatchObject(refused('value'));
      await expect(table.put(p('a'), value as Fields)).rejects.toMatchObject(refused('value'));
      await expect(table.replace(p('a'), value as Fields)).rejects.toMatchObject(refused('value'));
    }
    await expect(table.update(p('a'), { cycle } as never)).rejects.toMatchObject(refused('changes'));
    expect(await table.get(p('a'))).toEqual(before);
    expect(await table.get(p('b'))).toBeUndefined();
  },
  'a document has at most 262,144 bytes': async (table) => {
    const most = ofBytes(LIMIT);
    await table.create(p('a'), most);
    expect(await fieldsOf(table, p('a'))).toEqual(most);
    const many = { text: 'é'.repeat((LIMIT - '{"text":""}'.length) >> 1) };
    await table.put(p('b'), many);
    expect(await fieldsOf(table, p('b'))).toEqual(many);
    const more = ofBytes(LIMIT + 1);
    await expect(table.create(p('c'), more)).rejects.toMatchObject(tooLarge('value'));
    await expect(table.put(p('a'), more)).rejects.toMatchObject(tooLarge('value'));
    await expect(table.replace(p('a'), { text: `${many.text}éé` })).rejects.toMatchObject(tooLarge('value'));
    await expect(table.update(p('a'), more)).rejects.toMatchObject(tooLarge('changes'));
    await expect(table.add(p('c'), { n: 1 }, { otherwise: more })).rejects.toMatchObject(tooLarge('otherwise'));
    await expect(table.transact('p', [{ kind: 'put', id: 'c', value: more }])).rejects.toMatchObject({
      name: 'PayloadTooLarge',
      data: { field: 'value', index: 0 },
    });
    expect(await fieldsOf(table, p('a'))).toEqual(most);
    expect(await table.get(p('c'))).toBeUndefined();
  },
  'an update that would make a document too large is refused': async (table) => {
    const before = await table.put(p('a'), ofBytes(LIMIT - 100));
    await expect(table.update(p('a'), { more: 'x'.repeat(100) })).rejects.toMatchObject(tooLarge('changes'));
    expect(await found(table, p('a'))).toEqual(before);
    await table.update(p('a'), { more: 'x'.repeat(50) });
    await table.update(p('a'), { text: undefined, more: 'x'.repeat(100) });
    expect(await fieldsOf(table, p('a'))).toEqual({ more: 'x'.repeat(100) });
  },
};

/** An object with every name as its own: assigning to `__proto__` would not make a field. */
function withNames(valueFor: (n: number) => unknown): Fields {
  return Object.fromEntries(NAMES.map((name, n) => [name, valueFor(n)])) as Fields;
}
