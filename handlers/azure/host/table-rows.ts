import type { TableClient, TableEntity } from '@azure/data-tables';
import { Failure } from '../../../core/error.ts';
import type { RpcTypedData } from './rpc.ts';

export interface RowFilter {
  readonly partitionKey: string | undefined;
  readonly rowKey: string | undefined;
  /** OData. */
  readonly filter: string | undefined;
  readonly take: number;
}

/** One row where both keys are given, else a list: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-table-input */
export async function readRows(
  table: TableClient,
  { partitionKey, rowKey, filter, take }: RowFilter,
): Promise<RpcTypedData> {
  if (partitionKey !== undefined && rowKey !== undefined)
    try {
      return { json: JSON.stringify(outer(await table.getEntity(partitionKey, rowKey))) };
    } catch (error) {
      if ((error as { readonly statusCode?: unknown }).statusCode === 404) return {};
      throw error;
    }
  const inPartition = partitionKey === undefined ? [] : [`PartitionKey eq '${partitionKey.replaceAll("'", "''")}'`];
  const wanted = [...inPartition, ...(filter === undefined ? [] : [`(${filter})`])].join(' and ');
  const rows: Row[] = [];
  for await (const row of table.listEntities({ queryOptions: wanted === '' ? {} : { filter: wanted } })) {
    if (rows.length === take) break;
    rows.push(outer(row));
  }
  return { json: JSON.stringify(rows) };
}

/** Adds rows; one that is there already is an error. Keys of the binding are for rows that have none. */
export async function writeRows(
  table: TableClient,
  items: readonly unknown[],
  keys: { readonly partitionKey: string | undefined; readonly rowKey: string | undefined },
): Promise<void> {
  await table.createTable();
  for (const item of items) {
    if (item === null || typeof item !== 'object')
      throw new Failure({ name: 'BadRow', message: `a table output must be an object, not ${JSON.stringify(item)}` });
    const { PartitionKey, RowKey, partitionKey, rowKey, ...fields } = item as Row;
    await table.createEntity({
      ...fields,
      partitionKey: String(PartitionKey ?? partitionKey ?? keys.partitionKey ?? ''),
      rowKey: String(RowKey ?? rowKey ?? keys.rowKey ?? ''),
    });
  }
}

type Row = Record<string, unknown>;

/** The names that the keys have outside of the JavaScript client. */
function outer({ partitionKey, rowKey, etag: _, timestamp: __, ...fields }: Row | TableEntity): Row {
  const plain = Object.entries(fields).filter(([name]) => !name.startsWith('odata.'));
  return { PartitionKey: partitionKey, RowKey: rowKey, ...Object.fromEntries(plain) };
}
