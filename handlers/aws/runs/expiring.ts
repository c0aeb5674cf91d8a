import type { Fields, TableClient, TableWrite } from '../../../core/resources/table.ts';

/** A table in which every whole document that is written is gone at a time. */
export function expiring(table: TableClient, expiresAt: Date): TableClient {
  const life = { expiresAt };
  return {
    ...table,
    create: (key, value) => table.create(key, value, life),
    put: (key, value) => table.put(key, value, life),
    replace: (key, value, options) => table.replace(key, value, { ...options, ...life }),
    transact: (partition, writes) => table.transact(partition, writes.map(within)),
  };

  function within(write: TableWrite<Fields>): TableWrite<Fields> {
    return write.kind === 'create' || write.kind === 'put' || write.kind === 'replace' ? { ...write, ...life } : write;
  }
}
