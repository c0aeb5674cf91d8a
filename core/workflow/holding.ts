import { Failure } from '../error.ts';
import { byteLength, type Json } from '../json.ts';
import { PAYLOAD_LIMIT } from './caps.ts';
import type { Block } from './ir.ts';
import { lastUses, usesOf } from './uses.ts';

/** No character of a text has more bytes, escapes apart. */
const BYTES = 3;

/** A value that is needed, inside the block that is walked or also after it. */
interface Kept {
  readonly name: string;
  readonly value: Json;
  /** No value has more bytes than this; it is measured only where the sum of these says too much. */
  readonly most: number;
  readonly beyond: boolean;
}
/** What a block is entered with, of the blocks around it. */
export type Held = readonly Kept[];

/** The values of one block and of those around it: which of them are still needed, and how large they are together. */
export interface Holding {
  keep(name: string, value: Json): void;
  /** What a block inside the node at `index` is entered with, where it mentions `names`. */
  inside(index: number, names: ReadonlySet<string>): Held;
  /** @throws `PayloadTooLarge`, uncatchable, where what is needed after the node at `index` is too large. */
  check(index: number, node: string): void;
}

const uses = new WeakMap<Block, ReadonlyMap<string, number>>();

export function holding(block: Block, around: Held, own: Map<string, Json>): Holding {
  const last = uses.get(block) ?? lastUses(block);
  uses.set(block, last);
  const kept: Kept[] = [...around];
  const needed = (one: Kept, after: number): boolean => one.beyond || (last.get(one.name) ?? -1) > after;
  return {
    keep(name, value) {
      own.set(name, value);
      kept.push({ name, value, most: atMost(value), beyond: false });
    },
    inside(index, names) {
      const held: Kept[] = [];
      for (const one of kept) {
        const beyond = needed(one, index);
        if (beyond || names.has(one.name)) held.push({ ...one, beyond });
      }
      return held;
    },
    check(index, node) {
      const still = kept.filter((one) => needed(one, index));
      if (sum(still, ({ most }) => most) <= PAYLOAD_LIMIT) return;
      if (sum(still, ({ value }) => byteLength(value)) > PAYLOAD_LIMIT)
        throw tooLarge(`what the workflow still needs after ${node} is`);
    },
  };
}

/** A branch of a fan-out has what it mentions, and no more. */
export function captured(held: (names: ReadonlySet<string>) => Held, block: Block): Held {
  const names = usesOf(block);
  return held(names)
    .filter(({ name }) => names.has(name))
    .map((one) => ({ ...one, beyond: false }));
}

/** Values of these names are needed after the block too. */
export function beyond(held: Held, names: ReadonlySet<string>): Held {
  return held.map((one) => (names.has(one.name) ? { ...one, beyond: true } : one));
}

/** A value that the workflow puts together is held to the bound of every value. @throws `PayloadTooLarge`, uncatchable. */
export function bounded(value: Json, what: string): Json {
  if (atMost(value) > PAYLOAD_LIMIT && byteLength(value) > PAYLOAD_LIMIT) throw tooLarge(`${what} is`);
  return value;
}

function atMost(value: Json): number {
  if (typeof value === 'string') return value.length * 2 * BYTES;
  return value === null || typeof value !== 'object' ? 24 : JSON.stringify(value).length * BYTES;
}

function sum(held: Held, size: (one: Kept) => number): number {
  return held.reduce((total, one) => total + size(one), 0);
}

function tooLarge(what: string): Failure {
  const message = `${what} over ${PAYLOAD_LIMIT} bytes; let steps keep large values in a bucket, or declare them large(schema)`;
  return new Failure({ name: 'PayloadTooLarge', message, data: { limit: PAYLOAD_LIMIT } }, true);
}
