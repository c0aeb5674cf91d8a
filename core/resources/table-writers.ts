import type { Document, Fields, TableKey, TableWrite, TableWriter } from './table.ts';

/** A write as a method's arguments say it: which document is in the key. */
export type Change<W = TableWrite<Fields>> = W extends unknown ? Omit<W, 'id'> : never;

/** The methods that write one document, each by one way to perform a change. */
export function tableWriters(
  perform: (key: TableKey, change: Change) => Promise<Document<Fields> | undefined>,
): Omit<TableWriter<Fields>, 'transact'> {
  // Only a deletion leaves no document.
  const store = async (key: TableKey, change: Change) => (await perform(key, change)) as Document<Fields>;
  return {
    create: (key, value, options) => store(key, { ...options, kind: 'create', value }),
    put: (key, value, options) => store(key, { ...options, kind: 'put', value }),
    replace: (key, value, options) => store(key, { ...options, kind: 'replace', value }),
    update: (key, changes, options) => store(key, { ...options, kind: 'update', changes }),
    add: (key, amounts, options) => store(key, { ...options, kind: 'add', amounts }),
    delete: async (key, options) => void (await perform(key, { ...options, kind: 'delete' })),
  };
}
