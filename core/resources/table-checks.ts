import { checkedNumber } from '../checked-number.ts';
import { Failure, invalidInput } from '../error.ts';
import { exceeds, type Json, toJson } from '../json.ts';
import { PAYLOAD_LIMIT } from '../workflow/caps.ts';
import type { Page } from './bucket.ts';
import type {
  Changes,
  Document,
  Fields,
  LifeOptions,
  MatchOptions,
  QueryOptions,
  TableKey,
  TableWrite,
} from './table.ts';

const MAX_KEY_BYTES = 255;
const MAX_WRITES = 25;

/**
 * The bounds of the port, for the rooms. 255 bytes still fit where a store's 512 characters count escapes twice:
 * https://learn.microsoft.com/en-us/rest/api/storageservices/understanding-the-table-service-data-model
 *
 * @throws `InvalidInput` naming the field `partition` or `id`.
 */
export function checkedTableKey(key: TableKey): TableKey {
  const { partition, id } = checkedObject('key', key);
  return { partition: checkedPart('partition', partition), id: checkedPart('id', id) };
}

export function checkedPart(field: 'partition' | 'id' | 'prefix', text: unknown): string {
  if (typeof text !== 'string' || (text === '' && field !== 'prefix'))
    throw invalidInput(`${field}: must be a ${field === 'prefix' ? '' : 'non-empty '}string`, field);
  if (!text.isWellFormed()) throw invalidInput(`${field}: must be well-formed Unicode`, field);
  if (new TextEncoder().encode(text).byteLength > MAX_KEY_BYTES)
    throw invalidInput(`${field}: must be at most ${MAX_KEY_BYTES} bytes of UTF-8`, field);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text))
    throw invalidInput(`${field}: must not contain control characters`, field);
  return text;
}

/** What JSON makes of a value: a copy. @throws `InvalidInput` on a cycle or a bigint. */
export function checkedJson(field: string, value: unknown): Json {
  try {
    return toJson(value);
  } catch (error) {
    throw invalidInput(`${field}: is no JSON: ${error instanceof Error ? error.message : String(error)}`, field);
  }
}

/** A copy, as JSON. @throws `InvalidInput` where it is no JSON object, `PayloadTooLarge` where it is over 262,144 bytes. */
export function checkedFields(field: string, value: unknown): Fields {
  const json = checkedJson(field, value);
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw invalidInput(`${field}: must be a JSON object`, field);
  if (exceeds(json, PAYLOAD_LIMIT))
    throw new Failure({
      name: 'PayloadTooLarge',
      message: `${field}: over ${PAYLOAD_LIMIT} bytes; keep what is large in a bucket`,
      data: { field, limit: PAYLOAD_LIMIT },
    });
  return json;
}

/**
 * One write, checked and copied: its caller may go on changing what it was made of. `changes` keeps `undefined` for what is removed.
 *
 * @throws `InvalidInput` or `PayloadTooLarge` naming the field.
 */
export function checkedWrite(write: TableWrite<Fields>): TableWrite<Fields> {
  const id = checkedPart('id', write.id);
  switch (write.kind) {
    case 'create':
    case 'put':
      return { kind: write.kind, id, value: checkedFields('value', write.value), ...checkedLife(write) };
    case 'replace': {
      const value = checkedFields('value', write.value);
      return { kind: 'replace', id, value, ...checkedLife(write), ...checkedMatch(write) };
    }
    case 'update':
      return { kind: 'update', id, changes: checkedChanges(write.changes), ...checkedMatch(write) };
    case 'add': {
      const { otherwise } = write;
      const amounts = checkedAmounts(write.amounts);
      return { kind: 'add', id, amounts, ...(otherwise && { otherwise: checkedFields('otherwise', otherwise) }) };
    }
    case 'delete':
      return { kind: 'delete', id, ...checkedMatch(write) };
    case 'check':
      return { kind: 'check', id, ifMatch: checkedVersion(write.ifMatch) };
  }
  const { kind } = write as { kind: unknown };
  throw invalidInput(`kind: ${String(kind)} is no kind of write`, 'kind');
}

/**
 * The writes of a transaction.
 *
 * @throws `InvalidInput` naming the field `writes`; what a write alone throws, with its index.
 */
export function checkedWrites(writes: readonly TableWrite<Fields>[]): readonly TableWrite<Fields>[] {
  const count = Array.isArray(writes) ? writes.length : String(writes);
  if (!Array.isArray(writes) || writes.length < 1 || writes.length > MAX_WRITES)
    throw invalidInput(`writes: must be 1 to ${MAX_WRITES} writes, not ${count}`, 'writes');
  const checked = writes.map((write, index) => {
    try {
      return checkedWrite(checkedObject('writes', write));
    } catch (error) {
      throw atIndex(index, error);
    }
  });
  const seen = new Set<string>();
  for (const { id } of checked) {
    if (seen.has(id)) throw invalidInput(`writes: the document ${JSON.stringify(id)} is named twice`, 'writes');
    seen.add(id);
  }
  return checked;
}

/** What a write of a transaction throws: the same as alone, and which one it was. Other errors stay as they are. */
export function atIndex(index: number, error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { name, message, data } = error;
  return new Failure({
    name,
    message: `writes[${index}]: ${message}`,
    data: { ...(data as Fields | undefined), index },
  });
}

/** What a page is made of: at most `limit` documents with ids that begin with `prefix` and come after `after`. */
export interface CheckedQuery {
  readonly prefix: string;
  readonly after?: string;
  readonly limit: number;
}

/** @throws `InvalidInput` naming the field `prefix`, `cursor` or `limit`. */
export function checkedQuery(options: QueryOptions): CheckedQuery {
  const { prefix = '', cursor, limit = 100 } = checkedObject('options', options);
  return {
    prefix: checkedPart('prefix', prefix),
    limit: checkedNumber('limit', limit, 1, 1000),
    ...(cursor !== undefined && { after: fromCursor(cursor) }),
  };
}

/** The page of a query, from the first documents that it found: one more than `limit`, where there are more. */
export function toPage<D>(found: readonly Document<D>[], limit: number): Page<Document<D>> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return last === undefined || found.length <= limit ? { items } : { items, next: encodeURIComponent(last.id) };
}

function fromCursor(cursor: string): string {
  try {
    const id = checkedPart('id', decodeURIComponent(cursor));
    if (encodeURIComponent(id) === cursor) return id;
  } catch {}
  throw invalidInput('cursor: must be the `next` of a page', 'cursor');
}

function checkedChanges(changes: Changes<Fields>): Changes<Fields> {
  const set = checkedFields('changes', changes);
  return { ...set, ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value === undefined)) };
}

function checkedAmounts(amounts: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  const checked = Object.entries(checkedObject('amounts', amounts)).filter(([, amount]) => amount !== undefined);
  if (checked.length === 0) throw invalidInput('amounts: must name a field', 'amounts');
  const most = Number.MAX_SAFE_INTEGER;
  return Object.fromEntries(checked.map(([field, amount]) => [field, checkedNumber(field, amount, -most, most)]));
}

function checkedLife({ expiresAt }: LifeOptions): LifeOptions {
  if (expiresAt === undefined) return {};
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()))
    throw invalidInput('expiresAt: must be a valid Date', 'expiresAt');
  return { expiresAt: new Date(expiresAt) };
}

function checkedMatch({ ifMatch }: MatchOptions): MatchOptions {
  return ifMatch === undefined ? {} : { ifMatch: checkedVersion(ifMatch) };
}

function checkedVersion(ifMatch: string): string {
  if (typeof ifMatch !== 'string') throw invalidInput('ifMatch: must be the version of a document', 'ifMatch');
  return ifMatch;
}

function checkedObject<T extends object>(field: string, value: T): T {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw invalidInput(`${field}: must be an object`, field);
  return value;
}
