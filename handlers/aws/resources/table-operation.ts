import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { byteLength } from '../../../core/json.ts';
import type { Document, Fields, TableKey, TableWrite } from '../../../core/resources/table.ts';
import { written } from '../../../core/resources/table-write.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';
import { attributeOf, type Column, type Item, keyOf, nameOf, numberOf, toItem } from './table-item.ts';

/** One write as DynamoDB takes it, alone or in a transaction; it is done where its condition holds. */
export interface Operation {
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly input: {
    readonly Item?: Item;
    readonly Key?: Item;
    readonly UpdateExpression?: string;
    readonly ConditionExpression?: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
    readonly ExpressionAttributeValues?: Item;
  };
  /** What a put leaves behind; an update is asked for it. */
  readonly after?: Document<Fields>;
  /** The version that the document has then. */
  readonly version?: string;
}

/** Bytes that a number has as JSON: `-1.2345678901234567e-100`. */
const NUMBER_BYTES = 25;
/** Fields that one expression of 4 KB names: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_FIELDS = 50;

/**
 * A write that needs no look at the document: whether it can be done is its condition. Where that does not hold, the write may still
 * be one that can be done, but not in this way.
 *
 * @returns `undefined` where it names too many fields.
 */
export function blind(key: TableKey, write: TableWrite<Fields>, now: number): Operation | undefined {
  const words = wording(now);
  switch (write.kind) {
    case 'create':
      return put(written(undefined, key, write), words, words.gone());
    case 'put':
      return put(written(undefined, key, write), words, undefined);
    case 'replace':
      return put(written(undefined, key, { ...write, kind: 'put' }), words, words.there(write.ifMatch));
    case 'update': {
      const changes = Object.entries(write.changes);
      if (changes.length > MOST_FIELDS) return undefined;
      const set = changes.flatMap(([field, value]) =>
        value === undefined ? [] : [`${words.field(field)} = ${words.value(attributeOf(value))}`],
      );
      const remove = changes.flatMap(([field, value]) => (value === undefined ? [words.field(field)] : []));
      const cost = changes.reduce((sum, [field, value]) => sum + sizeOf(field, value), 0);
      return update(key, words, { set, remove, cost, conditions: [words.there(write.ifMatch)] });
    }
    case 'add': {
      const amounts = Object.entries(write.amounts).map(([field, amount = 0]) => ({ amount, at: words.field(field) }));
      if (amounts.length > MOST_FIELDS) return undefined;
      const zero = words.value(numberOf(0));
      const set = amounts.map(
        ({ at, amount }) => `${at} = if_not_exists(${at}, ${zero}) + ${words.value(numberOf(amount))}`,
      );
      const safe = amounts.map(({ at, amount }) => {
        const bounds = [-MOST - BigInt(amount), MOST - BigInt(amount)].map((one) => words.value(numberOf(one)));
        return `(attribute_not_exists(${at}) OR ${at} BETWEEN ${bounds.join(' AND ')})`;
      });
      const names = Object.keys(write.amounts);
      const cost = names.reduce((sum, field) => sum + sizeOf(field, 0) + NUMBER_BYTES, 0);
      return update(key, words, { set, remove: [], cost, conditions: [words.there(), ...safe] });
    }
    case 'delete': {
      const condition = write.ifMatch === undefined ? undefined : words.there(write.ifMatch);
      return { kind: 'Delete', input: words.said({ Key: keyOf(key) }, condition) };
    }
    case 'check':
      return { kind: 'ConditionCheck', input: words.said({ Key: keyOf(key) }, words.there(write.ifMatch)) };
  }
}

/**
 * The same write where the document was looked at: done while nobody else has written to it since.
 *
 * @throws what the write throws.
 */
export function seen(
  current: Document<Fields> | undefined,
  key: TableKey,
  write: TableWrite<Fields>,
  now: number,
): Operation {
  const next = written(current, key, write);
  const words = wording(now);
  const condition = current === undefined ? words.gone() : words.there(current.version);
  if (next === undefined) return { kind: 'Delete', input: words.said({ Key: keyOf(key) }, condition) };
  if (next === current) return { kind: 'ConditionCheck', input: words.said({ Key: keyOf(key) }, condition) };
  return put(next, words, condition);
}

/** What can never be done, so that DynamoDB answers with what is there: a right to write is no right to read. */
export function look(key: TableKey): Operation {
  const words = wording(0);
  const never = `${words.column('version')} = ${words.value({ S: '' })}`;
  return { kind: 'Update', input: words.said({ Key: keyOf(key) }, never) };
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

function put(after: Document<Fields> | undefined, words: Wording, condition: string | undefined): Operation {
  if (after === undefined) throw new TypeError('a put leaves a document');
  return { kind: 'Put', input: words.said({ Item: toItem(after) }, condition), after, version: after.version };
}

interface Update {
  readonly set: readonly string[];
  readonly remove: readonly string[];
  /** Bytes of JSON that are added at most. */
  readonly cost: number;
  readonly conditions: readonly string[];
}

function update(key: TableKey, words: Wording, { set, remove, cost, conditions }: Update): Operation {
  const version = crypto.randomUUID();
  const bytes = words.column('bytes');
  const fits = `${bytes} <= ${words.value(numberOf(PAYLOAD_LIMIT - cost))}`;
  const sets = [...set, `${words.column('version')} = ${words.value({ S: version })}`];
  const expression = [
    `SET ${sets.join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    `ADD ${bytes} ${words.value(numberOf(cost))}`,
  ];
  const change = { Key: keyOf(key), UpdateExpression: expression.join(' ') };
  return { kind: 'Update', input: words.said(change, [...conditions, fits].join(' AND ')), version };
}

/** `"field":value,` */
function sizeOf(field: string, value: Fields[string] | undefined): number {
  return value === undefined ? 0 : byteLength(field) + byteLength(value) + 2;
}

type Wording = ReturnType<typeof wording>;

/** Names and values of an expression, and the conditions that are made of them. */
function wording(now: number) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const named = (placeholder: string, name: string): string => {
    names[placeholder] = name;
    return placeholder;
  };
  const column = (name: Column): string => named(`#${name}`, name);
  const value = (attribute: AttributeValue): string => {
    const placeholder = `:${Object.keys(values).length}`;
    values[placeholder] = attribute;
    return placeholder;
  };
  return {
    column,
    value,
    field: (field: string): string => `${column('value')}.${named(`#f${Object.keys(names).length}`, nameOf(field))}`,
    /** There is a document, with this version if one is named. */
    there: (version?: string): string => {
      const expiry = column('expiresAt');
      const alive = `(attribute_not_exists(${expiry}) OR ${expiry} > ${value(numberOf(now))})`;
      const exists = `attribute_exists(${column('version')})`;
      return `${exists} AND ${alive}${version === undefined ? '' : ` AND ${column('version')} = ${value({ S: version })}`}`;
    },
    /** There is none, or it has expired. */
    gone: (): string => {
      const expired = `${column('expiresAt')} <= ${value(numberOf(now))}`;
      return `(attribute_not_exists(${column('version')}) OR ${expired})`;
    },
    /** With what the expressions are made of: DynamoDB refuses empty lists, and names that nobody uses. */
    said: (input: Operation['input'], condition: string | undefined): Operation['input'] => ({
      ...input,
      ...(condition && { ConditionExpression: condition }),
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}
