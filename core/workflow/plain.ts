import type { Json } from '../json.ts';
import { refuse } from './diagnostic.ts';

/** Characters of text, and values, that an IR may have together: what Step Functions takes as a definition is 1 MiB. */
const MAX_SIZE = 1_048_576;
/** Blocks and expressions have bounds of their own; this one keeps anything else from exhausting the stack. */
const MAX_DEPTH = 500;

/**
 * A copy of a value that came from elsewhere, of plain JSON and of nothing that could change or answer otherwise later.
 *
 * @throws DefinitionError: SK112 for a cycle, SK114 for what is not JSON, SK303 for too much of it.
 */
export function plainCopy(value: unknown): Json {
  const path: (string | number)[] = [];
  const above = new Set<object>();
  let size = 0;

  const where = (): string => `$${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`;
  const spend = (amount: number): void => {
    size += amount;
    if (size > MAX_SIZE) refuse('SK303', where(), `over ${MAX_SIZE} characters`);
  };
  const inside = (key: string | number, item: unknown): Json => {
    path.push(key);
    const copied = copy(item);
    path.pop();
    return copied;
  };
  const copy = (item: unknown): Json => {
    spend(1);
    if (item === null || typeof item === 'boolean') return item;
    if (typeof item === 'string') {
      spend(item.length);
      return item;
    }
    if (typeof item === 'number') return Number.isFinite(item) ? item + 0 : refuse('SK114', where(), String(item));
    if (typeof item !== 'object')
      return refuse('SK114', where(), item === undefined ? 'undefined' : `a ${typeof item}`);
    if (above.has(item)) refuse('SK112', where(), 'it contains itself');
    if (above.size >= MAX_DEPTH) refuse('SK303', where(), `nested deeper than ${MAX_DEPTH}`);
    above.add(item);
    const copied = Array.isArray(item) ? copyList(item) : copyObject(item);
    above.delete(item);
    return copied;
  };
  const copyList = (items: readonly unknown[]): Json => {
    spend(items.length);
    // Not `map`, which would pass over the holes of a sparse array.
    return Array.from(items, (item, index) => inside(index, item));
  };
  const copyObject = (item: object): Json => {
    const prototype = Object.getPrototypeOf(item);
    // Another realm's plain objects are plain, too.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      refuse('SK114', where(), `an instance of ${prototype.constructor?.name ?? 'a class'}`);
    const pairs: [string, Json][] = [];
    for (const [key, inner] of Object.entries(item)) {
      spend(key.length);
      if (inner !== undefined) pairs.push([key, inside(key, inner)]);
    }
    // Unlike assignment it makes `__proto__` a key like any other.
    return Object.fromEntries(pairs);
  };
  return copy(value);
}
