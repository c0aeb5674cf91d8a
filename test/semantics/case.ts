import type { Json } from '../../core/index.ts';
import type { Any } from './expression.ts';

/** A workflow, what it is started with, and what is sent to it before its first wait. */
export interface Case {
  readonly ir: Any;
  readonly input: Json;
  readonly events: readonly (readonly [name: string, data: Json])[];
}

export const INPUTS: readonly Json[] = [
  { a: 0, l: [], o: { p: '' }, records: [] },
  { a: 2, l: [0, '', null, false], o: { p: '$.p', q: { r: 1 } }, opt: 0, records: [{ v: 0 }, { v: 1, w: null }, {}] },
  { a: -1, l: [[1], {}], o: { p: 'x', q: null }, records: [{ v: '', w: [0] }] },
];

export const EVENTS: readonly Json[] = [
  { x: 0, deep: {} },
  { x: '$.x', deep: { y: null }, opt: '' },
  { deep: { y: [0] } },
];

/** Every node of an IR, inner ones included. */
export function* nodesIn(block: unknown): Generator<Any> {
  for (const node of (block as { nodes: Any[] }).nodes) {
    yield node;
    for (const inner of blocksIn(node)) yield* nodesIn(inner);
  }
}

export function blocksIn(node: Any): unknown[] {
  const cases = ((node.cases ?? []) as Any[]).map((one) => one.then);
  return [node.body, ...((node.branches ?? []) as unknown[]), ...cases, node.else, node.rescue].filter(Boolean);
}
