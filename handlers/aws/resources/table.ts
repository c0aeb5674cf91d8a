import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { backOff } from '../../../core/back-off.ts';
import { Failure } from '../../../core/error.ts';
import { byteLength, type Json } from '../../../core/json.ts';
import type {
  Document,
  Fields,
  TableCapabilities,
  TableClient,
  TableKey,
  TableWrite,
} from '../../../core/resources/table.ts';
import {
  atIndex,
  checkedPart,
  checkedQuery,
  checkedTableKey,
  checkedWrite,
  checkedWrites,
  toPage,
} from '../../../core/resources/table-checks.ts';
import { type Change, tableWriters } from '../../../core/resources/table-writers.ts';
import { answer, isNamed } from './answer.ts';
import { documentOf, type Item, keyOf } from './table-item.ts';
import { blind, look, type Operation, seen } from './table-operation.ts';
import { found } from './table-query.ts';

export const capabilities: TableCapabilities = {};

/** A document that was looked at, there or not. */
type Seen = { readonly current: Document<Fields> | undefined };

/** How often a write is tried whose condition may hold the next time. */
const ROUNDS = 60;
/** Bytes of one transaction: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const TRANSACTION_BYTES = 4_000_000;

/**
 * A table of DynamoDB whose keys are `partition` and `id`, both strings; its time to live is the attribute `ttl`.
 *
 * A write is one request whose condition says whether it can be done, so that writers of one document wait for nobody. Where the
 * condition fails DynamoDB tells what is there; from that either the error is made, or the write is done to just this version.
 *
 * The documents of one transaction have 4 MB together at most: more is `PayloadTooLarge`, naming `writes`.
 */
export function tableOn(dynamodb: DynamoDBClient, name: string): TableClient {
  const told = <T>(sent: Promise<T>): Promise<T> => answer('DynamoDB', sent);
  const onFailure = { TableName: name, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

  async function send({ kind, input, after }: Operation, Key: Item): Promise<Document<Fields> | undefined> {
    switch (kind) {
      case 'Put':
        await told(dynamodb.send(new PutItemCommand({ ...onFailure, Item: undefined, ...input })));
        return after;
      case 'Update': {
        const request = new UpdateItemCommand({ ...onFailure, Key, ...input, ReturnValues: 'ALL_NEW' });
        return documentOf((await told(dynamodb.send(request))).Attributes, Number.NEGATIVE_INFINITY);
      }
      case 'Delete':
        await told(dynamodb.send(new DeleteItemCommand({ ...onFailure, Key, ...input })));
        return undefined;
      case 'ConditionCheck':
        throw new TypeError('a check is a part of a transaction');
    }
  }

  async function lookAt(key: TableKey): Promise<Seen> {
    try {
      await send(look(key), keyOf(key));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { current: documentOf(error.Item, Date.now()) };
      throw error;
    }
    throw new Error(`the table '${name}' has an item without a version`);
  }

  /** The next try at a write, after the last one showed what is there; `undefined` when it was not tried yet. */
  async function nextTry(key: TableKey, write: TableWrite<Fields>, last: Seen | undefined): Promise<Operation> {
    const now = Date.now();
    const operation = last === undefined ? blind(key, write, now) : undefined;
    return operation ?? seen((last ?? (await lookAt(key))).current, key, write, now);
  }

  async function perform(key: TableKey, change: Change): Promise<Document<Fields> | undefined> {
    const checked = checkedTableKey(key);
    const write = checkedWrite({ ...change, id: checked.id } as TableWrite<Fields>);
    let last: Seen | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      const operation = await nextTry(checked, write, last);
      try {
        return await send(operation, keyOf(checked));
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          const current = documentOf(error.Item, Date.now());
          // The answer to the first try was lost, and the SDK tried again.
          if (current !== undefined && current.version === operation.version) return current;
          // One who looked and was too late does not look again: others may write without looking.
          last = last === undefined ? { current } : undefined;
          if (last === undefined) await backOff(round);
        } else if (isNamed(error, 'TransactionConflictException')) await backOff(round);
        else throw error;
      }
    }
    throw tooBusy(checked);
  }

  async function transact(partition: string, writes: readonly TableWrite<Fields>[]): Promise<void> {
    const last = new Map<number, Seen>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const tries = await Promise.all(
        writes.map(async (write, n) => {
          try {
            return await nextTry({ partition, id: write.id }, write, last.get(n));
          } catch (error) {
            throw atIndex(n, error);
          }
        }),
      );
      const TransactItems = tries.map(({ kind, input }) => ({ [kind]: { ...onFailure, ...input } }));
      try {
        await told(dynamodb.send(new TransactWriteItemsCommand({ TransactItems })));
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        requireWorthwhile(error, error.CancellationReasons ?? []);
        for (const [n, { Code, Item }] of (error.CancellationReasons ?? []).entries()) {
          if (Code !== 'ConditionalCheckFailed') continue;
          const now = Date.now();
          const current = documentOf(Item, now);
          try {
            seen(current, { partition, id: writes[n]!.id }, writes[n]!, now);
          } catch (wrong) {
            throw atIndex(n, wrong);
          }
          if (last.has(n)) last.delete(n);
          else last.set(n, { current });
        }
        await backOff(round);
      }
    }
    throw tooBusy({ partition, id: writes[0]!.id });
  }

  return {
    get: async (key) => {
      const Key = keyOf(checkedTableKey(key));
      const { Item } = await told(dynamodb.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true })));
      return documentOf(Item, Date.now());
    },
    query: async (partition, options = {}) => {
      checkedPart('partition', partition);
      const { limit, ...query } = checkedQuery(options);
      return toPage(await found(dynamodb, name, partition, { ...query, limit: limit + 1 }), limit);
    },
    ...tableWriters(perform),
    transact: async (partition, writes) => {
      checkedPart('partition', partition);
      const checked = checkedWrites(writes);
      const size = checked.reduce((sum, one) => sum + ('value' in one ? byteLength(one.value as Json) : 0), 0);
      if (size > TRANSACTION_BYTES)
        throw new Failure({
          name: 'PayloadTooLarge',
          message: `writes: over ${TRANSACTION_BYTES} bytes together`,
          data: { field: 'writes', limit: TRANSACTION_BYTES },
        });
      await transact(partition, checked);
    },
  };
}

const PASSING = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded', 'ConditionalCheckFailed'];

/** @throws what DynamoDB said, where it would say it again. */
function requireWorthwhile(error: Error, reasons: readonly CancellationReason[]): void {
  const codes = reasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  if (codes.length === 0 || codes.some((code) => !PASSING.includes(code))) throw error;
}

function tooBusy({ partition, id }: TableKey): Failure {
  const where = `the document ${JSON.stringify(id)} of ${JSON.stringify(partition)}`;
  return new Failure({ name: 'Unavailable', message: `${where}: too many write to it at the same time` });
}
