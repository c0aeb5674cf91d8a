import { blocksIn, type Case } from './case.ts';
import type { Any } from './expression.ts';

/** The case with one thing less: what a wrong one is cut down to, until nothing can go. */
export function* simpler(one: Case): Generator<Case> {
  for (const body of blocks(one.ir.body)) yield { ...one, ir: { ...one.ir, body } };
  for (let index = 0; index < one.events.length; index++) yield { ...one, events: one.events.toSpliced(index, 1) };
}

type Block = { nodes: Any[]; out: Any };

function* blocks(block: unknown): Generator<Block> {
  const { nodes, out } = block as Block;
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index] as Any;
    if (node.kind === 'task' && node.step === 'gate') continue;
    yield without({ nodes: nodes.toSpliced(index, 1), out }, node.id as string);
    // What a block does, without the block.
    for (const inner of blocksIn(node) as Block[]) {
      const rest = { nodes: [...nodes.slice(0, index), ...inner.nodes, ...nodes.slice(index + 1)], out };
      yield without(rest, node.id as string);
    }
  }
  if (!('lit' in out)) {
    yield { nodes, out: { lit: 0 } };
    for (const inner of partsOf(out)) yield { nodes, out: inner };
  }
  for (const [index, node] of nodes.entries())
    for (const less of smaller(node)) yield { nodes: nodes.with(index, less), out };
}

/** The same without a variable: wherever it was used there is a zero. */
function without(block: Block, id: string): Block {
  const gone = (name: string): boolean => name === id || name.startsWith(`${id}.`);
  const text = JSON.stringify(block, (_, value: unknown) =>
    value !== null && typeof value === 'object' && 'ref' in value && gone(String(value.ref)) ? { lit: 0 } : value,
  );
  return JSON.parse(text) as Block;
}

function* smaller(node: Any): Generator<Any> {
  for (const field of ['retry', 'on', 'concurrency', 'data']) {
    if (!(field in node)) continue;
    const { [field]: _, ...rest } = node;
    yield rest;
  }
  for (const field of ['input', 'items', 'init', 'seconds', 'message', 'data']) {
    const value = node[field] as Any | undefined;
    if (value === undefined || 'lit' in value) continue;
    yield { ...node, [field]: { lit: field === 'items' ? [0] : 0 } };
    for (const inner of partsOf(value)) yield { ...node, [field]: inner };
  }
  if (node.kind === 'repeat' && node.max !== 1) yield { ...node, max: (node.max as number) - 1 };
  if (Array.isArray((node.retry as Any | undefined)?.on ?? (node.retry as Any | undefined)?.not)) {
    const { on: _on, not: _not, ...retry } = node.retry as Any;
    yield { ...node, retry };
  }
  for (const field of ['body', 'else', 'rescue'])
    if (node[field] !== undefined) for (const less of blocks(node[field])) yield { ...node, [field]: less };
  const branches = node.branches as unknown[] | undefined;
  if (branches !== undefined)
    for (let index = 0; index < branches.length; index++) {
      yield { ...node, branches: branches.toSpliced(index, 1) };
      for (const less of blocks(branches[index])) yield { ...node, branches: branches.with(index, less) };
    }
  const cases = node.cases as Any[] | undefined;
  if (cases !== undefined)
    for (const [index, one] of cases.entries()) {
      yield { ...node, cases: cases.toSpliced(index, 1) };
      if (!('truthy' in (one.if as Any)))
        for (const lit of [true, false])
          yield { ...node, cases: cases.with(index, { ...one, if: { truthy: { lit } } }) };
      for (const less of blocks(one.then)) yield { ...node, cases: cases.with(index, { ...one, then: less }) };
    }
}

function partsOf(expr: Any): Any[] {
  if ('arr' in expr) return expr.arr as Any[];
  if ('obj' in expr) return (expr.obj as [string, Any][]).map(([, value]) => value);
  return 'len' in expr ? [expr.len as Any] : [];
}
