import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { refused } from './bucket-support.ts';
import { at, failed, fieldsOf, found, idsOf, type Laws, notFound, p } from './table-support.ts';

const past = { expiresAt: new Date(Date.now() - 60_000) };
const future = { expiresAt: new Date(Date.now() + 3_600_123) };

/** What holds of documents that expire. */
export const expiryLaws: Laws = {
  'a document that has expired is absent to every method': async (table) => {
    const { version: ifMatch } = await table.put(p('a'), { n: 1 }, past);
    const absent = async () => {
      expect(await table.get(p('a'))).toBeUndefined();
      expect(await idsOf(table, 'p')).toEqual([]);
    };
    await absent();
    await expect(table.replace(p('a'), {})).rejects.toMatchObject(notFound);
    await expect(table.update(p('a'), { n: 2 })).rejects.toMatchObject(notFound);
    await expect(table.add(p('a'), { n: 2 })).rejects.toMatchObject(notFound);
    await expect(table.delete(p('a'), { ifMatch })).rejects.toMatchObject(failed);
    await expect(table.transact('p', [{ kind: 'check', id: 'a', ifMatch }])).rejects.toMatchObject(at(0, failed));
    await expect(table.transact('p', [{ kind: 'update', id: 'a', changes: {} }])).rejects.toMatchObject(
      at(0, notFound),
    );
    await absent();
    await table.delete(p('a'));
    await absent();
  },
  'a document can be created where one has expired': async (table) => {
    for (const id of ['create', 'put', 'add', 'transact']) await table.put(p(id), { old: 1, n: 1 }, past);
    const fresh = { n: 5 };
    await table.create(p('create'), fresh);
    await table.put(p('put'), fresh);
    await table.add(p('add'), { n: 2 }, { otherwise: { n: 3 } });
    await table.transact('p', [{ kind: 'create', id: 'transact', value: fresh }]);
    for (const id of ['create', 'put', 'add', 'transact']) {
      const { value, expiresAt } = await found(table, p(id));
      expect({ value, expiresAt }, id).toEqual({ value: fresh, expiresAt: undefined });
      await expect(table.create(p(id), {})).rejects.toMatchObject(failed);
    }
  },
  'what has expired is not listed, and pages are full all the same': async (table) => {
    const ids = Array.from({ length: 40 }, (_, n) => `id-${String(n).padStart(2, '0')}`);
    await Promise.all(ids.map((id, n) => table.put(p(id), {}, n % 4 ? past : future)));
    const kept = ids.filter((_, n) => n % 4 === 0);
    for (const limit of [1, 3, 10, 1000]) expect(await idsOf(table, 'p', { limit })).toEqual(kept);
    expect(await idsOf(table, 'p', { prefix: 'id-1' })).toEqual(['id-12', 'id-16']);
  },
  'the expiry is kept, and by a whole new value dropped': async (table) => {
    const created = await table.create(p('a'), { n: 1 }, future);
    expect(created.expiresAt).toEqual(future.expiresAt);
    expect(await found(table, p('a'))).toEqual(created);
    expect((await table.update(p('a'), { n: 2 })).expiresAt).toEqual(future.expiresAt);
    expect((await table.add(p('a'), { n: 2 })).expiresAt).toEqual(future.expiresAt);
    expect(await found(table, p('a'))).toMatchObject({ value: { n: 4 }, ...future });
    await table.replace(p('a'), { n: 5 });
    expect(await found(table, p('a'))).not.toHaveProperty('expiresAt');
    await table.put(p('a'), { n: 6 }, future);
    await table.put(p('a'), { n: 7 });
    expect(await found(table, p('a'))).not.toHaveProperty('expiresAt');
    await table.transact('p', [{ kind: 'replace', id: 'a', value: {}, ...future }]);
    expect((await found(table, p('a'))).expiresAt).toEqual(future.expiresAt);
  },
  'a document is there until it expires, and not after': async (table) => {
    const expiresAt = new Date(Date.now() + 1500);
    await table.put(p('a'), { n: 1 }, { expiresAt });
    for (let late = false; !late; await sleep(50)) {
      const began = Date.now();
      const document = await table.get(p('a'));
      if (Date.now() < expiresAt.getTime()) expect(document?.value).toEqual({ n: 1 });
      late = began >= expiresAt.getTime();
      if (late) expect(document).toBeUndefined();
    }
    await table.create(p('a'), { n: 2 });
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 2 });
  },
  'an expiry that is none is refused': async (table) => {
    for (const expiresAt of [new Date(Number.NaN), 7, '2030-01-01', null] as unknown as Date[]) {
      await expect(table.create(p('a'), {}, { expiresAt })).rejects.toMatchObject(refused('expiresAt'));
      await expect(table.put(p('a'), {}, { expiresAt })).rejects.toMatchObject(refused('expiresAt'));
      await expect(table.replace(p('a'), {}, { expiresAt })).rejects.toMatchObject(refused('expiresAt'));
    }
    expect(await table.get(p('a'))).toBeUndefined();
  },
};
