import type { Fields, TableClient, TableWrite } from '../resources/table.ts';

/** Of ASCII characters: as JSON once more, where at worst each is escaped, a part is far below what a document may have. */
const PART = 100_000;

/**
 * The documents of a partition that hold a text of JSON which may be too long for one.
 *
 * @param id what their ids begin with.
 */
export function textParts(id: string, json: string): readonly { readonly id: string; readonly value: Fields }[] {
  const plain = json.replace(/[\u007f-\uffff]/g, escaped);
  const count = Math.ceil(plain.length / PART);
  return Array.from({ length: count }, (_, at) => ({
    id: `${id}/${String(at).padStart(3, '0')}`,
    value: { text: plain.slice(at * PART, (at + 1) * PART) },
  }));
}

/** Creates all of them, or, where one is there, none. */
export function createText(id: string, json: string): readonly TableWrite<Fields>[] {
  return textParts(id, json).map((part) => ({ kind: 'create', ...part }));
}

/** The text; `undefined` where there is none. */
export async function readText(table: TableClient, partition: string, id: string): Promise<string | undefined> {
  const { items } = await table.query(partition, { prefix: `${id}/` });
  return items.length === 0 ? undefined : items.map(({ value }) => String(value.text)).join('');
}

/** So that no pair of surrogates is cut in two. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
