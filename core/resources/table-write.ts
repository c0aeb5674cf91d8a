import { Failure } from '../error.ts';
import type { Changes, Document, Fields, MatchOptions, TableKey, TableWrite } from './table.ts';
import { checkedFields } from './table-checks.ts';

type Current = Document<Fields> | undefined;

/**
 * What is there after a write: `current` itself where the write changes nothing, `undefined` where nothing is left.
 *
 * @param current what is there now.
 * @param write as checked; it names the document at `key`.
 * @throws `NotFound`, `PreconditionFailed`, `PayloadTooLarge`.
 */
export function written(current: Current, key: TableKey, write: TableWrite<Fields>): Current {
  switch (write.kind) {
    case 'create':
      if (current !== undefined) throw preconditionFailed(key, 'it is there already');
      return fresh(key, write.value, write.expiresAt);
    case 'put':
      return fresh(key, write.value, write.expiresAt);
    case 'replace':
      requireMatch(existing(current, key), key, write);
      return fresh(key, write.value, write.expiresAt);
    case 'update': {
      const old = existing(current, key);
      requireMatch(old, key, write);
      return { ...old, ...fresh(key, checkedFields('changes', changed(old.value, write.changes))) };
    }
    case 'add': {
      const old = existing(current ?? (write.otherwise && fresh(key, write.otherwise)), key);
      return { ...old, ...fresh(key, checkedFields('amounts', added(key, old.value, write.amounts))) };
    }
    case 'delete':
      requireMatch(current, key, write);
      return undefined;
    case 'check':
      requireMatch(current, key, write);
      return current;
  }
}

/** Versions are random, so that none comes back, whatever was deleted or restored in between. */
function fresh(key: TableKey, value: Fields, expiresAt?: Date): Document<Fields> {
  const { partition, id } = key;
  return { partition, id, value, version: crypto.randomUUID(), ...(expiresAt && { expiresAt }) };
}

function changed(value: Fields, changes: Changes<Fields>): Fields {
  const fields = Object.entries({ ...value, ...changes }).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as Fields;
}

function added(key: TableKey, value: Fields, amounts: Readonly<Record<string, number | undefined>>): Fields {
  const sums = Object.entries(amounts).map(([field, amount = 0]) => {
    const addend = Object.hasOwn(value, field) ? value[field] : 0;
    const name = JSON.stringify(field);
    if (typeof addend !== 'number') throw preconditionFailed(key, `the field ${name} is no number`);
    const sum = addend + amount;
    if (Math.abs(sum) > Number.MAX_SAFE_INTEGER)
      throw preconditionFailed(key, `the field ${name} would be ${sum}, which is no safe integer`);
    return [field, sum];
  });
  return { ...value, ...Object.fromEntries(sums) };
}

function existing(current: Current, key: TableKey): Document<Fields> {
  if (current !== undefined) return current;
  throw new Failure({ name: 'NotFound', message: `${shown(key)}: there is no such document` });
}

function requireMatch(current: Current, key: TableKey, { ifMatch }: MatchOptions): void {
  if (ifMatch === undefined || ifMatch === current?.version) return;
  const now = current === undefined ? 'there is no such document' : `its version is ${current.version}`;
  throw preconditionFailed(key, `ifMatch is ${JSON.stringify(ifMatch)}, ${now}`);
}

function preconditionFailed(key: TableKey, why: string): Failure {
  return new Failure({ name: 'PreconditionFailed', message: `${shown(key)}: ${why}` });
}

function shown({ partition, id }: TableKey): string {
  return `the document ${JSON.stringify(id)} of ${JSON.stringify(partition)}`;
}
