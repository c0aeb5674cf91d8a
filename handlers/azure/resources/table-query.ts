import { type TableClient as AzureTable, odata } from '@azure/data-tables';
import type { Document, Fields } from '../../../core/resources/table.ts';
import type { CheckedQuery } from '../../../core/resources/table-checks.ts';
import { answer, statusOf } from './answer.ts';
import { documentOf, hexOf } from './table-entity.ts';

/** Entities of one request at most: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
const PAGE = 1000;
/** After every hexadecimal digit. */
const HIGHEST = 'g';

/** The first documents of a partition, by the UTF-8 bytes of their ids; at most `limit`, and fewer only where there are no more. */
export async function found(
  table: AzureTable,
  partition: string,
  { prefix, after, limit }: CheckedQuery,
): Promise<readonly Document<Fields>[]> {
  const start = hexOf(prefix);
  const parts = [
    odata`PartitionKey eq ${hexOf(partition)}`,
    ...(start === '' ? [] : [odata`RowKey ge ${start}`, odata`RowKey lt ${start + HIGHEST}`]),
    ...(after === undefined ? [] : [odata`RowKey gt ${hexOf(after)}`]),
  ];
  const documents: Document<Fields>[] = [];
  const pages = table
    .listEntities<Record<string, unknown>>({ queryOptions: { filter: parts.join(' and ') } })
    .byPage({ maxPageSize: Math.min(PAGE, limit) });
  while (documents.length < limit) {
    const { done, value } = await answer('Table Storage', pages.next());
    if (done) break;
    const now = Date.now();
    documents.push(...value.flatMap((entity) => documentOf(entity, now) ?? []));
  }
  return documents.slice(0, limit);
}

/**
 * Takes away what has expired: nobody sees it any more, but it takes room, for Table Storage has no time to live of its own.
 *
 * @param limit how many at most. @default 1000
 * @returns how many it were.
 */
export async function removeExpired(table: AzureTable, now = new Date(), limit = 1000): Promise<number> {
  const filter = `expiresAt le ${now.getTime()}L`;
  const select = ['partitionKey', 'rowKey', 'etag'];
  let removed = 0;
  const pages = table.listEntities({ queryOptions: { filter, select } }).byPage({ maxPageSize: Math.min(PAGE, limit) });
  while (removed < limit) {
    const { done, value } = await answer('Table Storage', pages.next());
    if (done) break;
    for (const { partitionKey = '', rowKey = '', etag } of value.slice(0, limit - removed))
      try {
        await answer('Table Storage', table.deleteEntity(partitionKey, rowKey, { etag }));
        removed += 1;
      } catch (error) {
        // Somebody wrote there, or swept too.
        if (statusOf(error) !== 412 && statusOf(error) !== 404) throw error;
      }
  }
  return removed;
}
