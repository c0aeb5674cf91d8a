import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { byteLength, type Json } from '../../../core/json.ts';
import type { Document, Fields, TableKey } from '../../../core/resources/table.ts';

/**
 * A document as an item of DynamoDB.
 *
 * - Its fields are those of one map, so that one can be set without the others, and a field may have the name of a column.
 * - A number that DynamoDB keeps as it is, is one: then it can be added to where it lies. Everything else is JSON text: DynamoDB
 *   has neither 1e300 nor half a surrogate pair, nests 32 levels and no more, and JSON keeps all of them.
 * - A name is what stands between the quotes of its JSON, behind an underscore where it is empty or begins with one: DynamoDB has
 *   no empty names, and its SDK makes a prototype of `__proto__`.
 * - `bytes` is no less than the bytes of the value's JSON. It grows with each change and is put right when it reaches the limit.
 * - `expiresAt` is in milliseconds. `ttl`, in seconds, is for DynamoDB, which deletes by it within days.
 */
export type Item = Record<string, AttributeValue>;

export const COLUMNS = ['partition', 'id', 'value', 'version', 'bytes', 'expiresAt', 'ttl'] as const;
export type Column = (typeof COLUMNS)[number];

export function keyOf({ partition, id }: TableKey): Item {
  return { partition: { S: partition }, id: { S: id } };
}

export function toItem(document: Document<Fields>): Item {
  const { value, version, expiresAt } = document;
  const fields = Object.entries(value).map(([name, field]) => [nameOf(name), attributeOf(field)]);
  const item: Record<Column, AttributeValue | undefined> = {
    ...(keyOf(document) as { partition: AttributeValue; id: AttributeValue }),
    value: { M: Object.fromEntries(fields) },
    version: { S: version },
    bytes: numberOf(byteLength(value as Json)),
    expiresAt: expiresAt && numberOf(expiresAt.getTime()),
    ttl: expiresAt && numberOf(Math.ceil(expiresAt.getTime() / 1000)),
  };
  return Object.fromEntries(
    Object.entries(item).filter((one): one is [string, AttributeValue] => one[1] !== undefined),
  );
}

/** `undefined` where there is none, or where it has expired at `now`. */
export function documentOf(item: Item | undefined, now: number): Document<Fields> | undefined {
  if (item === undefined) return undefined;
  const expires = item.expiresAt?.N;
  if (expires !== undefined && Number(expires) <= now) return undefined;
  const fields = Object.entries(item.value?.M ?? {}).map(([name, field]) => [fieldOf(name), jsonOf(field)]);
  return {
    partition: item.partition?.S ?? '',
    id: item.id?.S ?? '',
    value: Object.fromEntries(fields) as Fields,
    version: item.version?.S ?? '',
    ...(expires !== undefined && { expiresAt: new Date(Number(expires)) }),
  };
}

export function nameOf(field: string): string {
  const name = JSON.stringify(field).slice(1, -1);
  return name === '' || name.startsWith('_') ? `_${name}` : name;
}

function fieldOf(name: string): string {
  return JSON.parse(`"${name.startsWith('_') ? name.slice(1) : name}"`) as string;
}

/** 38 digits are more than a number of JavaScript has: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export function attributeOf(json: Json): AttributeValue {
  if (typeof json !== 'number') return { S: JSON.stringify(json) };
  const size = Math.abs(json);
  const native = size === 0 || (size >= 1e-130 && size <= 9e125);
  return native ? numberOf(json) : { S: JSON.stringify(json) };
}

function jsonOf(attribute: AttributeValue): Json {
  return attribute.N === undefined ? (JSON.parse(attribute.S ?? 'null') as Json) : Number(attribute.N);
}

export function numberOf(number: number | bigint): AttributeValue {
  return { N: String(number) };
}
