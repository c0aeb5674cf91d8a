import { expect } from 'vitest';
import type { Fields, TableClient, TableWrite } from '../../core/resources/table.ts';
import { refused } from './bucket-support.ts';
import { at, everyPage, failed, fieldsOf, found, idsOf, type Laws, notFound, p, winners } from './table-support.ts';

type Write = TableWrite<Fields>;

/** What holds of transactions. */
export const transactionLaws: Laws = {
  'a transaction does all of its writes': async (table) => {
    const versions: Record<string, string> = {};
    for (const id of ['put', 'replace', 'update', 'add', 'delete', 'check'])
      versions[id] = (await table.put(p(id), { n: 1, old: true })).version;
    await table.put({ partition: 'q', id: 'delete' }, {});
    await table.transact('p', [
      { kind: 'create', id: 'create', value: { n: 2 } },
      { kind: 'put', id: 'put', value: { n: 2 } },
      { kind: 'replace', id: 'replace', value: { n: 2 }, ifMatch: versions.replace! },
      { kind: 'update', id: 'update', changes: { n: 2, old: undefined }, ifMatch: versions.update! },
      { kind: 'add', id: 'add', amounts: { n: 1, more: 2 } },
      { kind: 'add', id: 'add-new', amounts: { n: 1 }, otherwise: { n: 1 } },
      { kind: 'delete', id: 'delete', ifMatch: versions.delete! },
      { kind: 'delete', id: 'never-there' },
      { kind: 'check', id: 'check', ifMatch: versions.check! },
    ]);
    const after = Object.fromEntries((await everyPage(table, 'p')).map(({ id, value }) => [id, value]));
    expect(after).toEqual({
      create: { n: 2 },
      put: { n: 2 },
      replace: { n: 2 },
      update: { n: 2 },
      add: { n: 2, old: true, more: 2 },
      'add-new': { n: 2 },
      check: { n: 1, old: true },
    });
    for (const id of ['put', 'replace', 'update', 'add'])
      expect((await found(table, p(id))).version, id).not.toBe(versions[id]);
    expect((await found(table, p('check'))).version).toBe(versions.check);
    expect(await idsOf(table, 'q')).toEqual(['delete']);
  },
  'a transaction does all or nothing, and says which write cannot be done': async (table) => {
    const { version: stale } = await table.put(p('there'), { n: 0, text: 'x' });
    const before = await table.put(p('there'), { n: 1, text: 'x' });
    const wrong: readonly (readonly [Write, object])[] = [
      [{ kind: 'create', id: 'there', value: {} }, failed],
      [{ kind: 'replace', id: 'there', value: {}, ifMatch: stale }, failed],
      [{ kind: 'replace', id: 'absent', value: {} }, notFound],
      [{ kind: 'update', id: 'there', changes: { n: 2 }, ifMatch: stale }, failed],
      [{ kind: 'update', id: 'absent', changes: { n: 2 } }, notFound],
      [{ kind: 'add', id: 'there', amounts: { text: 1 } as never }, failed],
      [{ kind: 'add', id: 'absent', amounts: { n: 1 } }, notFound],
      [{ kind: 'delete', id: 'there', ifMatch: stale }, failed],
      [{ kind: 'delete', id: 'absent', ifMatch: stale }, failed],
      [{ kind: 'check', id: 'there', ifMatch: stale }, failed],
      [{ kind: 'check', id: 'absent', ifMatch: stale }, failed],
    ];
    const kept = await table.put(p('kept'), { n: 1 });
    const fine: readonly Write[] = [
      { kind: 'create', id: 'new', value: {} },
      { kind: 'add', id: 'kept', amounts: { n: 1 } },
      { kind: 'put', id: 'put', value: {} },
    ];
    for (const [write, error] of wrong)
      for (const index of [0, 1, 3]) {
        const writes = [...fine.slice(0, index), write, ...fine.slice(index)];
        await expect(table.transact('p', writes), write.kind).rejects.toMatchObject(at(index, error));
      }
    expect(await everyPage(table, 'p')).toEqual([kept, before]);
  },
  'the error of the first write that cannot be done is thrown': async (table) => {
    await table.put(p('there'), {});
    const writes: readonly Write[] = [
      { kind: 'put', id: 'fine', value: {} },
      { kind: 'update', id: 'absent', changes: {} },
      { kind: 'create', id: 'there', value: {} },
    ];
    await expect(table.transact('p', writes)).rejects.toMatchObject(at(1, notFound));
  },
  'what is wrong in itself is refused, with its index and field': async (table) => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [{ kind: 'create', id: '', value: {} }, 'id'],
      [{ kind: 'put', id: 'a', value: [] }, 'value'],
      [{ kind: 'put', id: 'a', value: {}, expiresAt: 'soon' }, 'expiresAt'],
      [{ kind: 'replace', id: 'a', value: {}, ifMatch: 7 }, 'ifMatch'],
      [{ kind: 'update', id: 'a', changes: null }, 'changes'],
      [{ kind: 'add', id: 'a', amounts: {} }, 'amounts'],
      [{ kind: 'add', id: 'a', amounts: { n: 0.5 } }, 'n'],
      [{ kind: 'check', id: 'a' }, 'ifMatch'],
      [{ kind: 'upsert', id: 'a', value: {} }, 'kind'],
      [{ id: 'a', value: {} }, 'kind'],
      ['delete', 'writes'],
    ];
    for (const [write, field] of wrong)
      await expect(
        table.transact('p', [{ kind: 'put', id: 'fine', value: {} }, write as Write]),
        JSON.stringify(write),
      ).rejects.toMatchObject({ name: 'InvalidInput', data: { field, index: 1 } });
    expect(await idsOf(table, 'p')).toEqual([]);
  },
  'a transaction has 1 to 25 writes to different documents': async (table) => {
    const puts = (count: number) =>
      Array.from({ length: count }, (_, n): Write => ({ kind: 'put', id: `id-${n}`, value: {} }));
    for (const writes of [[], puts(26), undefined, null, 'text', {}] as Write[][])
      await expect(table.transact('p', writes)).rejects.toMatchObject(refused('writes'));
    const twice: readonly Write[] = [...puts(3), { kind: 'delete', id: 'id-1' }];
    await expect(table.transact('p', twice)).rejects.toMatchObject(refused('writes'));
    expect(await idsOf(table, 'p')).toEqual([]);
    await table.transact('p', puts(25));
    expect(await idsOf(table, 'p')).toHaveLength(25);
    await table.transact('p', [
      { kind: 'put', id: 'é', value: {} },
      { kind: 'put', id: 'e\u0301', value: {} },
    ]);
    expect(await idsOf(table, 'p')).toHaveLength(27);
  },
  'a vote is counted once, however often and by however many it is cast': async (table) => {
    const voters = Array.from({ length: 30 }, (_, n) => `voter-${n}`);
    const votes = [...voters, ...voters, ...voters].map((voter) => castVote(table, voter));
    expect(await winners(votes)).toHaveLength(voters.length);
    expect(await fieldsOf(table, p('total'))).toEqual({ votes: voters.length });
    expect(await idsOf(table, 'p', { prefix: 'vote/' })).toHaveLength(voters.length);
  },
  'what is moved by many at the same time is neither lost nor made': async (table) => {
    const accounts = ['a', 'b', 'c', 'd'];
    await Promise.all(accounts.map((id) => table.put(p(id), { sum: 100 })));
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        table.transact('p', [
          { kind: 'add', id: accounts[n % 4]!, amounts: { sum: -n } },
          { kind: 'add', id: accounts[(n + 1 + (n % 3)) % 4]!, amounts: { sum: n } },
        ]),
      ),
    );
    const sums = await everyPage(table, 'p');
    expect(sums.reduce((total, { value }) => total + (value.sum as number), 0)).toBe(400);
  },
  'a check keeps two writers from both relying on what the other changes': async (table) => {
    for (let round = 0; round < 10; round++) {
      const ann = await table.put(p('ann'), { onCall: true });
      const bob = await table.put(p('bob'), { onCall: true });
      const leave = (who: typeof ann, stays: typeof ann) =>
        table.transact('p', [
          { kind: 'check', id: stays.id, ifMatch: stays.version },
          { kind: 'update', id: who.id, changes: { onCall: false } },
        ]);
      expect(await winners([leave(ann, bob), leave(bob, ann)])).toHaveLength(1);
      expect((await everyPage(table, 'p')).filter(({ value }) => value.onCall)).toHaveLength(1);
    }
  },
};

function castVote(table: TableClient, voter: string): Promise<void> {
  return table.transact('p', [
    { kind: 'create', id: `vote/${voter}`, value: {} },
    { kind: 'add', id: 'total', amounts: { votes: 1 }, otherwise: { votes: 0 } },
  ]);
}
