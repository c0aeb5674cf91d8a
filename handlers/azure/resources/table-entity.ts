import type { Json } from '../../../core/json.ts';
import type { Document, Fields, TableKey } from '../../../core/resources/table.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';

/**
 * A document as an entity of Table Storage.
 *
 * - Its keys are the hexadecimal digits of the UTF-8 bytes of the document's: so any character may be in them, 255 bytes are 510 of
 *   the 512 characters that a key has at most, and entities are in the order of the bytes. `partition` and `id` say the same in the
 *   clear, for people.
 * - Its value is JSON text, in `value0`, `value1` and so on: ASCII, with escapes for other characters, where that is no longer
 *   than the port's limit, else the bytes of its UTF-8. A property has 64 KiB at most, two bytes a character of text, and an entity
 *   1 MiB.
 * - `version` is the document's own, so that a transaction may touch an entity without a change to its document.
 * - `expiresAt` is in milliseconds since 1970.
 *
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
export type Entity = { readonly partitionKey: string; readonly rowKey: string } & Readonly<
  Record<string, string | bigint | Uint8Array>
>;

/** Characters of text, or bytes, in one property. */
const PIECE = 32_000;

/** An entity that has expired: nobody sees it, and whoever sweeps the table takes it away. */
export function tombstone(key: TableKey): Entity {
  return { ...keyOf(key), ...key, version: crypto.randomUUID(), value0: '{}', expiresAt: 0n };
}

export function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

export function keyOf({ partition, id }: TableKey): { readonly partitionKey: string; readonly rowKey: string } {
  return { partitionKey: hexOf(partition), rowKey: hexOf(id) };
}

export function toEntity(document: Document<Fields>): Entity {
  const { partition, id, value, version, expiresAt } = document;
  const text = escaped(JSON.stringify(value));
  const whole = text.length > PAYLOAD_LIMIT ? Buffer.from(JSON.stringify(value)) : text;
  const pieces = Array.from({ length: Math.ceil(whole.length / PIECE) }, (_, n) =>
    whole.slice(n * PIECE, (n + 1) * PIECE),
  );
  return {
    ...keyOf(document),
    partition,
    id,
    version,
    ...Object.fromEntries(pieces.map((piece, n) => [`value${n}`, piece])),
    ...(expiresAt && { expiresAt: BigInt(expiresAt.getTime()) }),
  };
}

/** `undefined` where it has expired at `now`. */
export function documentOf(entity: Readonly<Record<string, unknown>>, now: number): Document<Fields> | undefined {
  const { partitionKey, rowKey, version, expiresAt } = entity;
  if (typeof expiresAt === 'bigint' && Number(expiresAt) <= now) return undefined;
  const pieces: Uint8Array[] = [];
  for (let n = 0; entity[`value${n}`] !== undefined; n += 1) {
    const piece = entity[`value${n}`] as string | Uint8Array;
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  return {
    partition: textOf(String(partitionKey)),
    id: textOf(String(rowKey)),
    value: JSON.parse(Buffer.concat(pieces).toString()) as Json as Fields,
    version: String(version),
    ...(typeof expiresAt === 'bigint' && { expiresAt: new Date(Number(expiresAt)) }),
  };
}

function textOf(hex: string): string {
  return Buffer.from(hex, 'hex').toString();
}

/** The same JSON in ASCII. */
function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
