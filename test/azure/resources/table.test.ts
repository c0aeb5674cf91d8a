import { randomUUID } from 'node:crypto';
import { TableClient as AzureTable } from '@azure/data-tables';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { capabilities, tableOn } from '../../../handlers/azure/resources/table.ts';
import { removeExpired } from '../../../handlers/azure/resources/table-query.ts';
import { tableSuite } from '../../conformance/table.ts';
import { fieldsOf, p } from '../../conformance/table-support.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';

vi.setConfig({ testTimeout: 240_000 });

const suite = async () => {
  const azurite = await openAzurite();
  afterAll(() => azurite.close());
  const make = async (name = `t${randomUUID().replaceAll('-', '')}`) => {
    const table = AzureTable.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });
    await table.createTable();
    return table;
  };
  const entities = async (table: AzureTable): Promise<number> => {
    let count = 0;
    for await (const _ of table.listEntities()) count += 1;
    return count;
  };

  tableSuite({
    name: 'azure, on Azurite',
    capabilities,
    open: async () => ({ client: tableOn(await make()), close() {} }),
  });

  test('25 documents of the largest size are more than one transaction holds', async () => {
    const table = tableOn(await make());
    const text = 'x'.repeat(262_144 - 11);
    const puts = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ kind: 'put', id: `id-${n}`, value: { text } }) as const);
    await table.transact('p', puts(15));
    const tooLarge = { name: 'PayloadTooLarge', data: { field: 'writes', limit: 4_194_304 } };
    await expect(table.transact('p', puts(25))).rejects.toMatchObject(tooLarge);
    expect((await table.query('p')).items).toHaveLength(15);
  });

  test('a long text is cut between characters, wherever its pairs lie', async () => {
    const table = tableOn(await make());
    for (const text of [`${'🐎'.repeat(60_000)}`, `x${'🐎'.repeat(60_000)}`]) {
      await table.put(p('a'), { text });
      expect(await fieldsOf(table, p('a'))).toEqual({ text });
    }
  });

  test('what a transaction deletes leaves no entity behind', async () => {
    const azure = await make();
    const table = tableOn(azure);
    const { version } = await table.put(p('a'), {});
    await table.put(p('b'), {});
    await table.transact('p', [
      { kind: 'delete', id: 'a', ifMatch: version },
      { kind: 'delete', id: 'b' },
      { kind: 'delete', id: 'never' },
      { kind: 'put', id: 'c', value: {} },
    ]);
    expect(await entities(azure)).toBe(1);
  });

  test('of two who delete one version, one wins', async () => {
    const azure = await make();
    const clients = Array.from({ length: 16 }, () => tableOn(azure));
    const { version: ifMatch } = await clients[0]!.put(p('a'), {});
    const results = await Promise.allSettled(clients.map((one) => one.delete(p('a'), { ifMatch })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('no addition of many processes is lost', async () => {
    const azure = await make();
    await Promise.all(
      Array.from({ length: 24 }, async () => {
        const table = tableOn(azure);
        for (let n = 0; n < 5; n += 1) await table.add(p('a'), { n: 1 }, { otherwise: {} });
      }),
    );
    expect(await fieldsOf(tableOn(azure), p('a'))).toEqual({ n: 120 });
  });

  test('what another process wrote meanwhile is seen, whatever this one wrote last', async () => {
    const azure = await make();
    const [one, other] = [tableOn(azure), tableOn(azure)];
    await one.put(p('a'), { n: 1 });
    const { version } = await other.put(p('a'), { n: 10 });
    await one.update(p('a'), { text: 'x' }, { ifMatch: version });
    expect(await fieldsOf(other, p('a'))).toEqual({ n: 10, text: 'x' });
    await other.delete(p('a'));
    await expect(one.add(p('a'), { n: 1 })).rejects.toMatchObject({ name: 'NotFound' });
    await one.put(p('b'), { n: 1 });
    await other.delete(p('b'));
    await one.transact('p', [{ kind: 'create', id: 'b', value: { n: 5 } }]);
    const mine = await one.put(p('c'), { list: [1] });
    (mine.value.list as number[]).push(2);
    expect((await one.update(p('c'), { n: 1 })).value).toEqual({ list: [1], n: 1 });
  });

  test('a sweep takes away what has expired, and nothing else', async () => {
    const azure = await make();
    const table = tableOn(azure);
    for (let n = 0; n < 12; n += 1) await table.put(p(`old-${n}`), {}, { expiresAt: new Date(Date.now() - 1_000) });
    await table.put(p('later'), {}, { expiresAt: new Date(Date.now() + 60_000) });
    await table.put(p('kept'), {});
    expect(await removeExpired(azure, new Date(), 5)).toBe(5);
    expect(await table.removeExpired(1000)).toBe(7);
    expect(await entities(azure)).toBe(2);
  });

  test('a table that is not there is no absent document', async () => {
    const table = tableOn(
      AzureTable.fromConnectionString(azurite.connectionString, 'nowhere', { allowInsecureConnection: true }),
    );
    await expect(table.get(p('a'))).rejects.toThrow();
    await expect(table.delete(p('a'))).rejects.toThrow();
    await expect(table.update(p('a'), {})).rejects.toThrow();
  });
};

if (hasAzurite) describe('Table Storage', suite);
else test.skip(`SKIPPED Table Storage: ${AZURITE_WANTED}`, () => {});
