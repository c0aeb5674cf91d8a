import { checkedNumber } from '../../../core/checked-number.ts';
import { invalidInput } from '../../../core/error.ts';
import type { ListOptions } from '../../../core/resources/bucket.ts';

/** What a list asks for: at most `limit` keys that begin with `prefix` and come after `after`. */
export interface CheckedList {
  readonly prefix: string;
  readonly after?: string;
  readonly limit: number;
}

/** @throws `InvalidInput` naming the field. */
export function checkedList({ prefix = '', cursor, limit = 1000 }: ListOptions): CheckedList {
  if (typeof prefix !== 'string' || !prefix.isWellFormed())
    throw invalidInput('prefix: must be a string of well-formed Unicode', 'prefix');
  checkedNumber('limit', limit, 1, 1000);
  return { prefix, limit, ...(cursor !== undefined && { after: fromCursor(cursor) }) };
}

export function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** A bucket may hold keys that this room would refuse, so a cursor may be any key. */
function fromCursor(cursor: string): string {
  if (typeof cursor === 'string' && cursor !== '') {
    const key = Buffer.from(cursor, 'base64url').toString();
    if (toCursor(key) === cursor) return key;
  }
  throw invalidInput('cursor: must be the `next` of a page', 'cursor');
}
