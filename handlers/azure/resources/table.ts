import type { TableClient as AzureTable, TransactionAction } from '@azure/data-tables';
import { backOff } from '../../../core/back-off.ts';
import { Failure } from '../../../core/error.ts';
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
import { written } from '../../../core/resources/table-write.ts';
import { type Change, tableWriters } from '../../../core/resources/table-writers.ts';
import { answer, codeOf, statusOf } from './answer.ts';
import { turns } from './in-turn.ts';
import { documentOf, keyOf, toEntity, tombstone } from './table-entity.ts';
import { memory, type Seen } from './table-memory.ts';
import { found, removeExpired } from './table-query.ts';

export const capabilities: TableCapabilities = {};

/** What the room itself may do to a table beside what apps may. */
export interface AzureTableClient extends TableClient {
  /** Takes away what has expired, at most `limit` documents, and says how many it were. */
  removeExpired(limit: number): Promise<number>;
}

/** How often a write is tried that others get in the way of. */
const ROUNDS = 60;
/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const TRANSACTION_BYTES = 4 * 1024 * 1024;
/** Bytes of a batch that go with each of its requests, at most. */
const ENVELOPE = 4_096;

/**
 * A table of Table Storage. A partition of documents is a partition of entities, so that a transaction is one of Azure's.
 *
 * Azure can neither add nor set one field of a JSON text, so a write looks at the document first, computes what becomes of it, and
 * stores that where nobody else has written since. It does without the look where it is a `put`, `create` or `delete` without a
 * condition, or where this process wrote the document last. Writers of one document in one process wait for each other.
 *
 * The requests of one transaction have 4 MiB together at most: more is `PayloadTooLarge`, naming `writes`.
 */
export function tableOn(table: AzureTable): AzureTableClient {
  const told = <T>(sent: Promise<T>): Promise<T> => answer('Table Storage', sent);
  const inTurn = turns();
  const known = memory();

  async function look(key: TableKey): Promise<Seen> {
    const { partitionKey, rowKey } = keyOf(key);
    try {
      const entity = await told(table.getEntity<Record<string, unknown>>(partitionKey, rowKey));
      return { current: documentOf(entity, Date.now()), etag: entity.etag };
    } catch (error) {
      if (statusOf(error) !== 404 || codeOf(error) === 'TableNotFound') throw error;
      return { current: undefined, etag: undefined };
    }
  }

  /** Stores what a write makes of what was seen. @returns whether it was still so. */
  async function storedWhere({ etag }: Seen, key: TableKey, next: Document<Fields> | undefined): Promise<boolean> {
    const { partitionKey, rowKey } = keyOf(key);
    try {
      if (next !== undefined) {
        const entity = toEntity(next);
        const stored =
          etag === undefined ? table.createEntity(entity) : table.updateEntity(entity, 'Replace', { etag });
        known.keep(turnOf(key), next, (await told(stored)).etag);
      } else {
        known.keep(turnOf(key), undefined, undefined);
        if (etag !== undefined) await told(table.deleteEntity(partitionKey, rowKey, { etag }));
      }
      return true;
    } catch (error) {
      known.keep(turnOf(key), undefined, undefined);
      if (isOvertaken(error)) return false;
      throw error;
    }
  }

  async function store(key: TableKey, write: TableWrite<Fields>): Promise<Document<Fields> | undefined> {
    let tried: Document<Fields> | undefined;
    if (needsNoLook(write)) {
      tried = written(undefined, key, write);
      if (write.kind === 'put' && tried !== undefined) {
        const { etag } = await told(table.upsertEntity(toEntity(tried), 'Replace'));
        known.keep(turnOf(key), tried, etag);
        return tried;
      }
      const blind = { current: undefined, etag: write.kind === 'delete' ? '*' : undefined };
      if ((await storedWhere(blind, key, tried)) || write.kind === 'delete') return tried;
    }
    let guess = known.recall(turnOf(key));
    for (let round = 0; round < ROUNDS; round += 1) {
      const seen = guess ?? (await look(key));
      // The answer to the last try was lost, and the SDK tried again.
      if (tried !== undefined && seen.current?.version === tried.version) return tried;
      const next = attempted(() => written(seen.current, key, write), guess !== undefined);
      tried = next?.value;
      if (next !== undefined && (await storedWhere(seen, key, tried))) return tried;
      if (guess === undefined) await backOff(round);
      guess = undefined;
    }
    throw tooBusy(key);
  }

  async function transact(partition: string, writes: readonly TableWrite<Fields>[]): Promise<void> {
    const keys = writes.map(({ id }): TableKey => ({ partition, id }));
    let tried: readonly (Document<Fields> | undefined)[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const guesses = writes.map(({ kind }, n) => {
        if (round > 0) return undefined;
        return known.recall(turnOf(keys[n]!)) ?? (kind === 'create' ? ABSENT : undefined);
      });
      const guessed = guesses.some((guess) => guess !== undefined);
      const seen = await Promise.all(keys.map((key, n) => guesses[n] ?? look(key)));
      // A transaction is done whole: one document of the last try tells of all.
      if (seen.some(({ current }, n) => current !== undefined && current.version === tried[n]?.version)) return;
      const next = attempted(() => seen.map(({ current }, n) => becoming(current, keys[n]!, writes[n]!, n)), guessed);
      if (next !== undefined) {
        const actions = keys.map((key, n) => actionOf(seen[n]!, key, next.value[n]));
        tried = next.value.map((document, n) => (document === seen[n]?.current ? undefined : document));
        requireRoom(actions.flat());
        const etags = await submitted(actions.flat());
        if (etags !== undefined) {
          const all = etags.values();
          for (const [n, key] of keys.entries())
            known.keep(turnOf(key), next.value[n], actions[n]?.length === 1 ? all.next().value : undefined);
          return;
        }
      }
      for (const key of keys) known.keep(turnOf(key), undefined, undefined);
      if (!guessed) await backOff(round);
    }
    throw tooBusy(keys[0]!);
  }

  /** @returns the new etags; `undefined` where something was no longer as it was seen. */
  async function submitted(
    actions: readonly TransactionAction[],
  ): Promise<readonly (string | undefined)[] | undefined> {
    if (actions.length === 0) return [];
    try {
      const { subResponses } = await told(table.submitTransaction([...actions]));
      const etags = subResponses.map(({ etag }) => etag);
      // Whoever looks sees nothing of what was buried already.
      for (const [n, [, { partitionKey, rowKey, expiresAt }]] of actions.entries()) {
        const etag = etags[n];
        if (expiresAt === 0n && etag !== undefined)
          await table.deleteEntity(partitionKey, rowKey, { etag }).catch(() => undefined);
      }
      return etags;
    } catch (error) {
      if (isOvertaken(error)) return undefined;
      throw error;
    }
  }

  async function perform(key: TableKey, change: Change): Promise<Document<Fields> | undefined> {
    const checked = checkedTableKey(key);
    const write = checkedWrite({ ...change, id: checked.id } as TableWrite<Fields>);
    return inTurn([turnOf(checked)], () => store(checked, write));
  }

  return {
    get: async (key) => (await look(checkedTableKey(key))).current,
    query: async (partition, options = {}) => {
      checkedPart('partition', partition);
      const { limit, ...query } = checkedQuery(options);
      return toPage(await found(table, partition, { ...query, limit: limit + 1 }), limit);
    },
    ...tableWriters(perform),
    transact: async (partition, writes) => {
      checkedPart('partition', partition);
      const checked = checkedWrites(writes);
      const things = checked.map(({ id }) => turnOf({ partition, id }));
      await inTurn(things, () => transact(partition, checked));
    },
    removeExpired: (limit) => removeExpired(table, new Date(), limit),
  };
}

const ABSENT: Seen = { current: undefined, etag: undefined };

/** What is made of something that may be out of date: `undefined` where it cannot be, and a look may show otherwise. */
function attempted<T>(make: () => T, guessed: boolean): { readonly value: T } | undefined {
  try {
    return { value: make() };
  } catch (error) {
    if (guessed) return undefined;
    throw error;
  }
}

function becoming(current: Document<Fields> | undefined, key: TableKey, write: TableWrite<Fields>, index: number) {
  try {
    return written(current, key, write);
  } catch (error) {
    throw atIndex(index, error);
  }
}

/** What of a transaction brings one document from what was seen to what comes next. */
function actionOf({ current, etag }: Seen, key: TableKey, next: Document<Fields> | undefined): TransactionAction[] {
  // To touch an entity is how a transaction makes sure that it is as it was.
  if (next !== undefined && next === current) return [['update', keyOf(key), 'Merge', { etag: etag ?? '*' }]];
  if (next !== undefined) {
    if (etag === undefined) return [['create', toEntity(next)]];
    return [['update', toEntity(next), 'Replace', { etag }]];
  }
  // The SDK's transactions delete without a condition, so the entity is made to expire.
  return etag === undefined ? [] : [['update', tombstone(key), 'Replace', { etag }]];
}

function needsNoLook(write: TableWrite<Fields>): boolean {
  const { kind } = write;
  return kind === 'put' || kind === 'create' || (kind === 'delete' && write.ifMatch === undefined);
}

/** What must be one at a time in this process. */
function turnOf({ partition, id }: TableKey): string {
  return JSON.stringify([partition, id]);
}

/** Whether somebody else wrote in between. */
function isOvertaken(error: unknown): boolean {
  const status = statusOf(error);
  return status === 409 || status === 412 || (status === 404 && codeOf(error) !== 'TableNotFound');
}

function requireRoom(actions: readonly TransactionAction[]): void {
  const size = actions.reduce((sum, [, entity]) => sum + ENVELOPE + sizeOf(entity), 0);
  if (size <= TRANSACTION_BYTES) return;
  throw new Failure({
    name: 'PayloadTooLarge',
    message: `writes: over ${TRANSACTION_BYTES} bytes together`,
    data: { field: 'writes', limit: TRANSACTION_BYTES },
  });
}

function sizeOf(entity: object): number {
  return Object.values(entity).reduce((sum: number, value) => {
    if (value instanceof Uint8Array) return sum + Math.ceil((value.byteLength * 4) / 3);
    return sum + (typeof value === 'string' ? Buffer.byteLength(JSON.stringify(value)) : 0);
  }, 0);
}

function tooBusy({ partition, id }: TableKey): Failure {
  const where = `the document ${JSON.stringify(id)} of ${JSON.stringify(partition)}`;
  return new Failure({ name: 'Unavailable', message: `${where}: too many write to it at the same time` });
}
