import { type Block, blocksOf } from '../workflow/ir.ts';
import type { StepRecord } from '../workflow/runs.ts';

/** What step records prove about the nodes around them. A place is a node's id and the indices around it: `map/3`. */
export interface Evidence {
  /** The record of a step call, by its place. */
  readonly records: ReadonlyMap<string, StepRecord>;
  /** The places at which a step inside was called. */
  readonly entered: ReadonlySet<string>;
  /** The items or rounds that were begun, by the place of the map or repeat. */
  readonly begun: ReadonlyMap<string, ReadonlySet<number>>;
}

interface Ancestor {
  readonly id: string;
  readonly iterates: boolean;
}

export function evidenceOf(body: Block, run: string, steps: readonly StepRecord[]): Evidence {
  const lines = new Map<string, readonly Ancestor[]>();
  trace(body, [], lines);
  const records = new Map<string, StepRecord>();
  const entered = new Set<string>();
  const begun = new Map<string, Set<number>>();
  for (const step of steps) {
    const place = step.key.slice(run.length + 1);
    const [id = '', ...indices] = place.split('/');
    const line = lines.get(id);
    if (line === undefined) continue;
    records.set(place, step);
    let depth = 0;
    for (const ancestor of line) {
      const at = [ancestor.id, ...indices.slice(0, depth)].join('/');
      entered.add(at);
      if (!ancestor.iterates) continue;
      const known = begun.get(at) ?? new Set();
      begun.set(at, known.add(Number(indices[depth])));
      depth++;
    }
  }
  return { records, entered, begun };
}

/** The nodes from the outermost to the task itself, by the task's id. */
function trace(block: Block, above: readonly Ancestor[], lines: Map<string, readonly Ancestor[]>): void {
  for (const node of block.nodes) {
    const line = [...above, { id: node.id, iterates: node.kind === 'map' || node.kind === 'repeat' }];
    if (node.kind === 'task') lines.set(node.id, line);
    for (const inner of blocksOf(node)) trace(inner, line, lines);
  }
}
