import type { Document, Fields, TableClient, TableKey, TableWrite } from '../../../../core/resources/table.ts';
import {
  atIndex,
  checkedPart,
  checkedQuery,
  checkedTableKey,
  checkedWrite,
  checkedWrites,
  toPage,
} from '../../../../core/resources/table-checks.ts';
import { written } from '../../../../core/resources/table-write.ts';
import { tableWriters } from '../../../../core/resources/table-writers.ts';

/** A table that is gone with the process. */
export function memoryTable(now: () => number): TableClient {
  const partitions = new Map<string, Map<string, Document<Fields>>>();
  const current = ({ partition, id }: TableKey): Document<Fields> | undefined => {
    const found = partitions.get(partition)?.get(id);
    return found?.expiresAt !== undefined && found.expiresAt.getTime() <= now() ? undefined : found;
  };
  const keep = ({ partition, id }: TableKey, document: Document<Fields> | undefined): void => {
    const documents = partitions.get(partition) ?? new Map<string, Document<Fields>>();
    partitions.set(partition, documents);
    if (document === undefined) documents.delete(id);
    else documents.set(id, document);
  };
  const copied = <D extends Document<Fields> | undefined>(document: D): D => structuredClone(document);
  return {
    get: async (key) => copied(current(checkedTableKey(key))),
    async query(partition, options = {}) {
      const { prefix, after = '', limit } = checkedQuery(options);
      const ids = [...(partitions.get(checkedPart('partition', partition))?.keys() ?? [])];
      const documents = ids
        .filter((id) => id.startsWith(prefix) && Buffer.compare(Buffer.from(id), Buffer.from(after)) > 0)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .flatMap((id) => current({ partition, id }) ?? []);
      return toPage(documents.slice(0, limit + 1).map(copied), limit);
    },
    ...tableWriters(async (given, change) => {
      const key = checkedTableKey(given);
      const write = checkedWrite({ ...change, id: key.id } as TableWrite<Fields>);
      const document = written(current(key), key, write);
      keep(key, document);
      return copied(document);
    }),
    async transact(partition, writes) {
      const own = checkedPart('partition', partition);
      const done = checkedWrites(writes).map((write, index) => {
        const key = { partition: own, id: write.id };
        try {
          return [key, written(current(key), key, write)] as const;
        } catch (error) {
          throw atIndex(index, error);
        }
      });
      for (const [key, document] of done) keep(key, document);
    },
  };
}
