import { CAPS } from './caps.ts';
import { DefinitionError, type Diagnostic, diagnostic } from './diagnostic.ts';
import { type Block, blocksOf, type Node, nodesOf, type WorkflowIR } from './ir.ts';
import { demand } from './reads.ts';

/** What is wrong with a well-formed IR: an empty list is a workflow that every room can run. */
export function check(ir: WorkflowIR): readonly Diagnostic[] {
  const where = `workflow '${ir.name}'`;
  const found: Diagnostic[] = [];
  const count = [...nodesOf(ir.body)].length;
  if (count > CAPS.nodes) found.push(diagnostic('SK303', where, `${count} nodes; the cap is ${CAPS.nodes}`));
  const depth = depthOf(ir.body);
  if (depth > CAPS.depth) found.push(diagnostic('SK303', where, `blocks ${depth} deep; the cap is ${CAPS.depth}`));
  for (const node of waitsInFanOut(ir.body, false))
    found.push(diagnostic('SK301', `${where} > ${node.id}`, `event '${node.event}'`));
  const boundaries = demand(ir.body);
  for (const node of nodesOf(ir.body))
    if (node.kind === 'task' && node.large && boundaries.get(node.id)?.lookedAt)
      found.push(diagnostic('SK302', `${where} > ${node.id}`, `the output of step '${node.step}' is declared large`));
  return found;
}

/** @throws DefinitionError with every diagnostic. */
export function checked(ir: WorkflowIR): WorkflowIR {
  const [first, ...rest] = check(ir);
  if (first !== undefined) throw new DefinitionError([first, ...rest]);
  return ir;
}

function* waitsInFanOut(block: Block, fanned: boolean): Generator<Extract<Node, { kind: 'waitFor' }>, void, undefined> {
  for (const node of block.nodes) {
    if (fanned && node.kind === 'waitFor') yield node;
    const fans = fanned || node.kind === 'map' || node.kind === 'parallel';
    for (const inner of blocksOf(node)) yield* waitsInFanOut(inner, fans);
  }
}

function depthOf(block: Block): number {
  let depth = 1;
  for (const node of block.nodes) for (const inner of blocksOf(node)) depth = Math.max(depth, 1 + depthOf(inner));
  return depth;
}
