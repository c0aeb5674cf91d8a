import { expect } from 'vitest';
import { refused } from './bucket-support.ts';
import { failed, fieldsOf, found, type Laws, notFound, p, winners } from './table-support.ts';

/** What holds of conditions, and of many who write at the same time. */
export const conditionLaws: Laws = {
  'ifMatch holds for the version of now, and for no other': async (table) => {
    const { version: first } = await table.put(p('a'), { n: 1 });
    const second = await table.put(p('a'), { n: 2 });
    const { version: strange } = await table.put(p('b'), { n: 2 });
    for (const ifMatch of [first, strange, '', '*', `${second.version}0`]) {
      await expect(table.replace(p('a'), { n: 3 }, { ifMatch })).rejects.toMatchObject(failed);
      await expect(table.update(p('a'), { n: 3 }, { ifMatch })).rejects.toMatchObject(failed);
      await expect(table.delete(p('a'), { ifMatch })).rejects.toMatchObject(failed);
    }
    expect(await table.get(p('a'))).toEqual(second);
    const third = await table.replace(p('a'), { n: 3 }, { ifMatch: second.version });
    const fourth = await table.update(p('a'), { n: 4 }, { ifMatch: third.version });
    await expect(table.delete(p('a'), { ifMatch: third.version })).rejects.toMatchObject(failed);
    await table.delete(p('a'), { ifMatch: fourth.version });
    expect(await table.get(p('a'))).toBeUndefined();
  },
  'ifMatch holds for no document that is not there': async (table) => {
    const { version: ifMatch } = await table.put(p('a'), { n: 1 });
    await table.delete(p('a'));
    await expect(table.replace(p('a'), { n: 2 }, { ifMatch })).rejects.toMatchObject(notFound);
    await expect(table.update(p('a'), { n: 2 }, { ifMatch })).rejects.toMatchObject(notFound);
    await expect(table.delete(p('a'), { ifMatch })).rejects.toMatchObject(failed);
    await table.create(p('a'), { n: 1 });
    await expect(table.replace(p('a'), { n: 2 }, { ifMatch })).rejects.toMatchObject(failed);
    await expect(table.delete(p('a'), { ifMatch })).rejects.toMatchObject(failed);
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 1 });
  },
  'a condition that is none is refused': async (table) => {
    const before = await table.put(p('a'), { n: 1 });
    for (const ifMatch of [7, null, {}] as unknown as string[]) {
      await expect(table.replace(p('a'), {}, { ifMatch })).rejects.toMatchObject(refused('ifMatch'));
      await expect(table.update(p('a'), { n: 2 }, { ifMatch })).rejects.toMatchObject(refused('ifMatch'));
      await expect(table.delete(p('a'), { ifMatch })).rejects.toMatchObject(refused('ifMatch'));
    }
    expect(await table.get(p('a'))).toEqual(before);
  },
  'of 64 who create a document, one wins': async (table) => {
    const won = await winners(Array.from({ length: 64 }, (_, n) => table.create(p('a'), { n })));
    expect(won).toHaveLength(1);
    expect(await fieldsOf(table, p('a'))).toEqual({ n: won[0] });
  },
  'of 64 writers with one version, one wins': async (table) => {
    const { version: ifMatch } = await table.put(p('a'), { n: -1 });
    const write = (n: number): Promise<unknown> => {
      if (n % 3 === 0) return table.replace(p('a'), { n }, { ifMatch });
      if (n % 3 === 1) return table.update(p('a'), { n }, { ifMatch });
      return table.transact('p', [{ kind: 'replace', id: 'a', value: { n }, ifMatch }]);
    };
    const won = await winners(Array.from({ length: 64 }, (_, n) => write(n)));
    expect(won).toHaveLength(1);
    expect(await fieldsOf(table, p('a'))).toEqual({ n: won[0] });
  },
  'ifMatch prevents the lost update': async (table) => {
    await table.put(p('a'), { n: 0 });
    const increment = async () => {
      for (;;) {
        const { value, version } = await found(table, p('a'));
        try {
          return await table.update(p('a'), { n: (value.n as number) + 1 }, { ifMatch: version });
        } catch (error) {
          expect(error).toMatchObject(failed);
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, increment));
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 16 });
  },
  'of 200 additions at the same time none is lost': async (table) => {
    const sums = await Promise.all(
      Array.from({ length: 200 }, (_, n) => table.add(p('a'), { all: 1, [`of-${n % 3}`]: n }, { otherwise: {} })),
    );
    const total = (remainder: number) =>
      Array.from({ length: 200 }, (_, n) => (n % 3 === remainder ? n : 0)).reduce((sum, n) => sum + n, 0);
    expect(await fieldsOf(table, p('a'))).toEqual({
      all: 200,
      'of-0': total(0),
      'of-1': total(1),
      'of-2': total(2),
    });
    // Each saw a sum of its own.
    expect(new Set(sums.map(({ value }) => value.all)).size).toBe(200);
  },
  'updates of different fields at the same time are all kept': async (table) => {
    await table.put(p('a'), { kept: true });
    await Promise.all(Array.from({ length: 50 }, (_, n) => table.update(p('a'), { [`field-${n}`]: n })));
    expect(Object.keys(await fieldsOf(table, p('a')))).toHaveLength(51);
  },
};
