import type { Json } from '../../../core/json.ts';
import { byteLength, exceeds } from '../../../core/json.ts';
import type { ClaimStore } from '../../../core/workflow/claim.ts';
import { checkOut } from '../../../core/workflow/claim.ts';
import type { Block } from '../../../core/workflow/ir.ts';
import { demand } from '../../../core/workflow/reads.ts';

/**
 * Bytes of JSON above which a value that the workflow does not look into is put aside: from there on Durable's storage
 * provider moves a message to a blob. https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-azure-storage-provider
 */
const INLINE = 46_080;
const CLAIM = 'skein:claim';
const FILL = 'skein:fill';

type Fields = { [key: string]: Json };

export function oversized(value: Json): boolean {
  return exceeds(value, INLINE);
}

/**
 * What the walk gets in place of a value that was put aside: the claim, filled up to the size of the value, so that all that
 * is measured measures the same.
 */
export function standIn(claim: Json): Json {
  const { bytes, ...rest } = claim as Fields;
  const empty = { ...rest, bytes: bytes as Json, [FILL]: '' };
  return { ...empty, [FILL]: 'x'.repeat(Math.max(0, (bytes as number) - byteLength(empty))) };
}

function isStandIn(value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  const { [CLAIM]: claim, [FILL]: fill } = value as Fields;
  return typeof claim === 'string' && typeof fill === 'string';
}

/** JSON text in which stand-ins have their fill left out. */
export function portable(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes(`"${FILL}":"x`)) return text;
  return JSON.stringify(value, function (this: Json, key, item: unknown) {
    return key === FILL && isStandIn(this) ? '' : item;
  });
}

/** A value from portable text, with its stand-ins filled again. */
export function restored<T>(text: string): T {
  if (!text.includes(`"${FILL}":""`)) return JSON.parse(text) as T;
  return JSON.parse(text, (_, item) => refilled(item as Json)) as T;
}

function refilled(value: Json): Json {
  return isStandIn(value) && (value as Fields)[FILL] === '' ? standIn(bare(value)) : value;
}

/** The value with what was put aside in place; what a step itself declared large stays a claim. */
export async function gathered(value: Json, run: string, store: ClaimStore): Promise<Json> {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => gathered(item, run, store)));
  if (isStandIn(value)) return checkOut(bare(value), run, store);
  const entries = Object.entries(value).map(async ([key, item]) => [key, await gathered(item, run, store)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

export function hasStandIns(value: Json): boolean {
  return JSON.stringify(value).includes(`"${FILL}":`);
}

function bare(value: Json): Json {
  const { [FILL]: _, ...claim } = value as Fields;
  return claim;
}

/** Ids of the input, tasks and events whose values the workflow only passes on. */
export function opaqueIn(body: Block): string[] {
  return [...demand(body)].filter(([, { lookedAt, reads }]) => !lookedAt && reads.length === 0).map(([id]) => id);
}
