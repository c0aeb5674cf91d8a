import { randomUUID } from 'node:crypto';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { capabilities, tableOn } from '../../../handlers/aws/resources/table.ts';
import { openDynamoDb } from '../../../handlers/aws/sandbox/emulators.ts';
import { makeTable } from '../../../handlers/aws/sandbox/make-table.ts';
import { DYNAMODB_WANTED, hasDynamoDb } from '../../../handlers/aws/sandbox/tools.ts';
import { tableSuite } from '../../conformance/table.ts';
import { fieldsOf, found, idsOf, p } from '../../conformance/table-support.ts';
import { beforeEach } from './recorded.ts';

const suite = async () => {
  const dynamodb = await openDynamoDb();
  afterAll(() => dynamodb.close());
  const calls: string[] = [];
  let fail: ((command: string) => void) | undefined;
  beforeEach(dynamodb.client, ({ command }) => {
    calls.push(command);
    fail?.(command);
  });
  const make = async () => {
    const name = await makeTable(dynamodb.client, randomUUID());
    return { name, table: tableOn(dynamodb.client, name) };
  };

  tableSuite({
    name: 'aws, on DynamoDB Local',
    capabilities,
    open: async (name) => ({
      client: tableOn(dynamodb.client, await makeTable(dynamodb.client, name)),
      close() {},
    }),
  });

  test('a write is one request where it can be done', async () => {
    const { table } = await make();
    calls.length = 0;
    await table.create(p('a'), { n: 1 });
    const { version } = await table.update(p('a'), { text: 'x' });
    await table.add(p('a'), { n: 1 });
    await table.replace(p('a'), { n: 1 });
    await table.put(p('a'), { n: 1 });
    await table.transact('p', [{ kind: 'add', id: 'a', amounts: { n: 1 }, otherwise: {} }]);
    await table.delete(p('a'));
    expect(calls).toEqual([
      ...['PutItem', 'UpdateItem', 'UpdateItem', 'PutItem', 'PutItem', 'TransactWriteItems', 'DeleteItem'],
    ]);
    expect(version).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('more fields than an expression names are written all the same', async () => {
    const { table } = await make();
    const fields = (value: number) =>
      Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`field-${n}`, value + n]));
    await table.put(p('a'), { kept: true });
    await table.update(p('a'), fields(0));
    await table.add(p('a'), fields(0));
    await table.transact('p', [
      { kind: 'update', id: 'a', changes: { ...fields(7), kept: undefined } },
      { kind: 'add', id: 'b', amounts: fields(0), otherwise: {} },
    ]);
    expect(await fieldsOf(table, p('a'))).toEqual(fields(7));
    expect(await fieldsOf(table, p('b'))).toEqual(fields(0));
    await expect(table.update(p('c'), fields(0))).rejects.toMatchObject({ name: 'NotFound' });
    expect(await table.get(p('c'))).toBeUndefined();
  });

  test('a number that DynamoDB cannot keep is kept, and added to', async () => {
    const { table } = await make();
    await table.put(p('a'), { tiny: 5e-324, small: -1e-131, edge: 1e-130 });
    await table.add(p('a'), { tiny: 1, small: 2, edge: 3 });
    expect(await fieldsOf(table, p('a'))).toEqual({ tiny: 1, small: 2, edge: 3 });
  });

  test('additions to a document that is nearly full go on, and what is too much is refused', async () => {
    const { table } = await make();
    await table.put(p('a'), { text: 'x'.repeat(262_144 - 60), n: 0 });
    for (let n = 1; n <= 12; n += 1) expect((await table.add(p('a'), { n: 1 })).value.n).toBe(n);
    await expect(table.add(p('a'), { ['y'.repeat(60)]: 1 })).rejects.toMatchObject({
      name: 'PayloadTooLarge',
      data: { field: 'amounts' },
    });
    await table.transact('p', [{ kind: 'add', id: 'a', amounts: { n: 1 } }]);
    expect((await found(table, p('a'))).value.n).toBe(13);
  });

  test('a write whose answer was lost was done once', async () => {
    const { table } = await make();
    let lost = 0;
    dynamodb.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        lost += 1;
        if (lost > 1) return result;
        throw Object.assign(new Error('the line is cut'), { name: 'TimeoutError', $retryable: {} });
      },
      { step: 'deserialize', name: 'loses', priority: 'high' },
    );
    const created = await table.create(p('a'), { n: 1 });
    lost = 0;
    const replaced = await table.replace(p('a'), { n: 2 }, { ifMatch: created.version });
    lost = 0;
    await table.transact('p', [{ kind: 'add', id: 'a', amounts: { n: 1 } }]);
    dynamodb.client.middlewareStack.remove('loses');
    expect(replaced.value).toEqual({ n: 2 });
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 3 });
  });

  test('a write that a transaction was in the way of comes again', async () => {
    const { table } = await make();
    let times = 3;
    fail = (command) => {
      if (!['PutItem', 'TransactWriteItems'].includes(command) || times-- <= 0) return;
      const $metadata = { httpStatusCode: 400 };
      throw Object.assign(new Error('a conflict'), { name: 'TransactionConflictException', $metadata });
    };
    await table.put(p('a'), { n: 1 });
    fail = undefined;
    expect(await fieldsOf(table, p('a'))).toEqual({ n: 1 });
  });

  test('what is too large for one transaction is refused', async () => {
    const { table } = await make();
    const value = { text: 'x'.repeat(250_000) };
    const writes = Array.from({ length: 25 }, (_, n) => ({ kind: 'put', id: `id-${n}`, value }) as const);
    await expect(table.transact('p', writes)).rejects.toMatchObject({
      name: 'PayloadTooLarge',
      data: { field: 'writes' },
    });
    await table.transact('p', writes.slice(0, 15));
    // More than the megabyte that one answer of DynamoDB holds.
    expect(await idsOf(table, 'p')).toHaveLength(15);
  });

  test('an item says what it holds, and when DynamoDB may delete it', async () => {
    const { name, table } = await make();
    await table.put(p('a'), { n: 1, text: 'é', _a: [1] }, { expiresAt: new Date('2100-01-01T00:00:00.5Z') });
    const { Item } = await dynamodb.client.send(
      new GetItemCommand({ TableName: name, Key: { partition: { S: 'p' }, id: { S: 'a' } } }),
    );
    expect(Item).toMatchObject({
      value: { M: { n: { N: '1' }, text: { S: '"é"' }, __a: { S: '[1]' } } },
      bytes: { N: '28' },
      expiresAt: { N: '4102444800500' },
      ttl: { N: '4102444801' },
    });
    const all = await dynamodb.client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': 'partition' },
        ExpressionAttributeValues: { ':p': { S: 'p' } },
      }),
    );
    expect(all.Count).toBe(1);
  });
};

if (hasDynamoDb) describe('DynamoDB', suite);
else test.skip(`SKIPPED DynamoDB: ${DYNAMODB_WANTED}`, () => {});
