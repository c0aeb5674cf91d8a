import { expect } from 'vitest';
import { refused } from './bucket-support.ts';
import { failed, fieldsOf, found, idsOf, type Laws, notFound, p } from './table-support.ts';

/** What holds of one document. */
export const documentLaws: Laws = {
  'a write answers what is then read': async (table) => {
    const created = await table.create(p('a'), { n: 1 });
    expect(created).toEqual({ ...p('a'), value: { n: 1 }, version: expect.any(String) });
    expect(await table.get(p('a'))).toEqual(created);
    for (const write of [
      () => table.put(p('a'), { n: 2 }),
      () => table.replace(p('a'), { n: 3, text: 'x' }),
      () => table.update(p('a'), { n: 4 }),
      () => table.add(p('a'), { n: 1 }),
    ]) {
      const document = await write();
      expect(await table.get(p('a'))).toEqual(document);
      expect((await table.query('p')).items).toEqual([document]);
    }
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 5, text: 'x' });
  },
  'create refuses what is there': async (table) => {
    const first = await table.create(p('a'), { n: 1 });
    await expect(table.create(p('a'), { n: 2 })).rejects.toMatchObject(failed);
    expect(await table.get(p('a'))).toEqual(first);
  },
  'what is not there is read as absent, and not changed': async (table) => {
    expect(await table.get(p('a'))).toBeUndefined();
    expect(await table.query('p')).toEqual({ items: [] });
    await expect(table.replace(p('a'), {})).rejects.toMatchObject(notFound);
    await expect(table.update(p('a'), { n: 1 })).rejects.toMatchObject(notFound);
    await expect(table.add(p('a'), { n: 1 })).rejects.toMatchObject(notFound);
    await table.delete(p('a'));
    expect(await table.get(p('a'))).toBeUndefined();
  },
  'put and replace leave nothing of what was there': async (table) => {
    await table.put(p('a'), { old: 1, both: 1 });
    await table.put(p('a'), { both: 2 });
    expect(await fieldsOf(table, p('a'))).toEqual({ both: 2 });
    await table.replace(p('a'), {});
    expect(await fieldsOf(table, p('a'))).toEqual({});
  },
  'update sets fields, removes those that are undefined, and leaves the others': async (table) => {
    await table.put(p('a'), { kept: [1], set: { x: 1, y: 2 }, removed: 1, nulled: 1 });
    const changes = { set: { z: 3 }, removed: undefined, nulled: null, added: '', never: undefined };
    const { value } = await table.update(p('a'), changes);
    expect(value).toStrictEqual({ kept: [1], set: { z: 3 }, nulled: null, added: '' });
    expect(await fieldsOf(table, p('a'))).toStrictEqual(value);
    await table.update(p('a'), {});
    expect(await fieldsOf(table, p('a'))).toStrictEqual(value);
    for (const none of [null, 7, 'text', [1]])
      await expect(table.update(p('a'), none as never)).rejects.toMatchObject(refused('changes'));
  },
  'add adds to fields, and an absent one counts as 0': async (table) => {
    await table.put(p('a'), { n: 5, half: 1.5, text: 'kept' });
    expect((await table.add(p('a'), { n: -7, half: 2, fresh: 3, zero: 0 })).value).toEqual({
      n: -2,
      half: 3.5,
      fresh: 3,
      zero: 0,
      text: 'kept',
    });
    const most = Number.MAX_SAFE_INTEGER;
    await table.put(p('a'), { n: 1 - most });
    expect((await table.add(p('a'), { n: most })).value).toEqual({ n: 1 });
    expect((await table.add(p('a'), { n: most - 1 })).value).toEqual({ n: most });
  },
  'add begins with otherwise where there is no document, and only there': async (table) => {
    const otherwise = { n: 10, text: 'new' };
    expect((await table.add(p('a'), { n: 1 }, { otherwise })).value).toEqual({ n: 11, text: 'new' });
    expect((await table.add(p('a'), { n: 1 }, { otherwise })).value).toEqual({ n: 12, text: 'new' });
    expect((await table.add(p('b'), { n: 1 }, { otherwise: {} })).value).toEqual({ n: 1 });
    await expect(table.add(p('c'), { n: 1 }, { otherwise: { n: 'x' } })).rejects.toMatchObject(failed);
    await expect(table.add(p('c'), { n: 1 }, { otherwise: [] as never })).rejects.toMatchObject(refused('otherwise'));
    expect(await table.get(p('c'))).toBeUndefined();
  },
  'add refuses what is no number, and what would be no safe integer': async (table) => {
    const value = { n: 1, text: '1', none: null, object: {}, yes: true, most: Number.MAX_SAFE_INTEGER, huge: 1e300 };
    const before = await table.put(p('a'), value);
    for (const field of ['text', 'none', 'object', 'yes', 'most', 'huge'])
      await expect(table.add(p('a'), { n: 1, [field]: 1 }), field).rejects.toMatchObject(failed);
    await expect(table.add(p('a'), {})).rejects.toMatchObject(refused('amounts'));
    await expect(table.add(p('a'), null as never)).rejects.toMatchObject(refused('amounts'));
    for (const amount of [0.5, Number.NaN, Infinity, 2 ** 53, '1', null])
      await expect(table.add(p('a'), { n: amount } as never)).rejects.toMatchObject(refused('n'));
    expect(await table.get(p('a'))).toEqual(before);
  },
  'delete deletes, once or more': async (table) => {
    await table.put(p('a'), {});
    await table.put(p('ab'), {});
    await table.delete(p('a'));
    await table.delete(p('a'));
    expect(await table.get(p('a'))).toBeUndefined();
    expect(await idsOf(table, 'p')).toEqual(['ab']);
    await table.create(p('a'), { again: true });
    expect(await fieldsOf(table, p('a'))).toEqual({ again: true });
  },
  'a version changes with each write and never comes back': async (table) => {
    const versions: string[] = [];
    for (let round = 0; round < 3; round++) {
      versions.push((await table.create(p('a'), { n: 1 })).version);
      versions.push((await table.put(p('a'), { n: 1 })).version, (await table.put(p('a'), { n: 1 })).version);
      versions.push((await table.replace(p('a'), { n: 1 })).version);
      versions.push((await table.update(p('a'), { n: 1 })).version, (await table.add(p('a'), { n: 0 })).version);
      expect((await found(table, p('a'))).version).toBe(versions.at(-1));
      await table.delete(p('a'));
    }
    expect(new Set(versions).size).toBe(versions.length);
  },
  'a value is copied when it is given and when it is read': async (table) => {
    const value = { list: [1] };
    const expiresAt = new Date(Date.now() + 3_600_000);
    const writing = table.put(p('a'), value, { expiresAt });
    value.list.push(2);
    expiresAt.setTime(0);
    const answer = await writing;
    (answer.value.list as number[]).push(3);
    expect(await fieldsOf(table, p('a'))).toEqual({ list: [1] });
    ((await found(table, p('a'))).value.list as number[]).push(4);
    expect(await fieldsOf(table, p('a'))).toEqual({ list: [1] });
  },
  'tables and partitions are separate': async (table, other) => {
    await table.put(p('a'), { where: 'here' });
    await table.put({ partition: 'q', id: 'a' }, { where: 'next door' });
    expect(await other.get(p('a'))).toBeUndefined();
    await other.create(p('a'), { where: 'elsewhere' });
    await other.delete(p('a'));
    await table.delete({ partition: 'q', id: 'a' });
    expect(await fieldsOf(table, p('a'))).toEqual({ where: 'here' });
    expect(await idsOf(table, 'q')).toEqual([]);
    expect(await idsOf(other, 'p')).toEqual([]);
  },
};
