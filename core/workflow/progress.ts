import { type Block, fold } from './ir.ts';

/** Step calls that a block will make, as far as can be said before it runs: the larger branch, no maps, one round. */
export function plannedCalls(block: Block): number {
  return block.nodes.reduce((sum, node) => sum + calls(node), 0);
}

const calls = fold<number>({
  task: () => 1,
  map: () => 0,
  parallel: (node) => node.branches.reduce((sum, branch) => sum + plannedCalls(branch), 0),
  choose: (node) => Math.max(plannedCalls(node.else), ...node.cases.map((one) => plannedCalls(one.then))),
  attempt: (node) => plannedCalls(node.body),
  sleep: () => 0,
  waitFor: () => 0,
  repeat: (node) => plannedCalls(node.body),
  run: (node) => plannedCalls(node.body),
  fail: () => 0,
});
