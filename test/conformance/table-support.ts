import { expect } from 'vitest';
import type { Document, Fields, QueryOptions, TableClient, TableKey, TableWrite } from '../../core/resources/table.ts';

/** A law by its title: what must hold for any table that is empty at the start; `other` is a second one. */
export type Laws = Readonly<Record<string, (table: TableClient, other: TableClient) => Promise<void>>>;

export const notFound = { name: 'NotFound' };
export const failed = { name: 'PreconditionFailed' };
/** What a write of a transaction throws: what it throws alone, and which one it was. */
export const at = (index: number, error: object) => ({ ...error, data: expect.objectContaining({ index }) });

/** The key of a document in the partition that most laws use. */
export const p = (id: string): TableKey => ({ partition: 'p', id });

export async function found(table: TableClient, key: TableKey): Promise<Document<Fields>> {
  const document = await table.get(key);
  if (document === undefined) throw new Error(`there is no ${JSON.stringify(key)}`);
  return document;
}

export async function fieldsOf(table: TableClient, key: TableKey): Promise<Fields> {
  return (await found(table, key)).value;
}

/** Puts documents, as many in a transaction as it takes. */
export async function fill(table: TableClient, partition: string, ids: readonly string[]): Promise<void> {
  const writes = ids.map((id): TableWrite<Fields> => ({ kind: 'put', id, value: { id } }));
  const transactions = Array.from({ length: Math.ceil(ids.length / 25) }, (_, n) => writes.slice(n * 25, n * 25 + 25));
  for (let n = 0; n < transactions.length; n += 8)
    await Promise.all(transactions.slice(n, n + 8).map((some) => table.transact(partition, some)));
}

/** Every document, page by page; each page but the last is full, and none is longer than asked. */
export async function everyPage(
  table: TableClient,
  partition: string,
  options: QueryOptions = {},
): Promise<readonly Document<Fields>[]> {
  const { limit = 100 } = options;
  const documents: Document<Fields>[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await table.query(partition, { ...options, ...(cursor === undefined ? {} : { cursor }) });
    documents.push(...items);
    if (next === undefined) expect(items.length).toBeLessThanOrEqual(limit);
    else expect(items.length).toBe(limit);
    if (next === undefined) return documents;
    cursor = next;
  }
}

export async function idsOf(table: TableClient, partition: string, options?: QueryOptions): Promise<string[]> {
  return (await everyPage(table, partition, options)).map(({ id }) => id);
}

export function byBytes(ids: readonly string[]): string[] {
  return [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Of many attempts at the same time: which succeeded; the others must have been refused by their condition. */
export async function winners(attempts: readonly Promise<unknown>[]): Promise<readonly number[]> {
  const results = await Promise.allSettled(attempts);
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(failed);
  return results.flatMap((result, n) => (result.status === 'fulfilled' ? [n] : []));
}
