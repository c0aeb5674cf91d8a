import { type Block, type Cond, EACH, type Expr, fold, type Path, type WorkflowIR } from './ir.ts';

/** Where values enter a workflow: its input, a task's output, an event's data. The input's id is `in`. */
export type Boundaries = ReadonlyMap<string, Boundary>;

interface Boundary {
  readonly reads: Path[];
  /** Whether the workflow looks at the value itself: compares it, measures it, maps it or reads a property. */
  lookedAt: boolean;
}

/**
 * Pushes every property read back to the boundary that it comes from.
 *
 * Absent leaves become `null` there, once, so that no engine has to handle a property that is not there.
 */
export function demand(body: Block): Boundaries {
  const boundaries = new Map<string, Boundary>();
  const sources = new Map<string, (path: Path, looked: boolean) => void>();
  const seen = new Set<string>();

  const boundary = (id: string): void => {
    const found: Boundary = { reads: [], lookedAt: false };
    boundaries.set(id, found);
    sources.set(id, (path, looked) => {
      if (looked || path.length > 0) found.lookedAt = true;
      if (path.some((key) => key !== EACH)) found.reads.push(path);
    });
  };

  const want = (expr: Expr, path: Path = [], looked = path.length > 0): void => {
    if ('ref' in expr) {
      const whole = [...(expr.path ?? []), ...path];
      const key = JSON.stringify([expr.ref, whole, looked]);
      if (seen.has(key)) return;
      seen.add(key);
      sources.get(expr.ref)?.(whole, looked || whole.length > 0);
    } else if ('len' in expr) want(expr.len, [], true);
    else if ('arr' in expr)
      expr.arr.forEach((item, index) => {
        if (path.length === 0) want(item);
        else if (path[0] === EACH || path[0] === index) want(item, path.slice(1), looked);
      });
    else if ('obj' in expr)
      for (const [key, item] of expr.obj) {
        if (path.length === 0) want(item);
        else if (String(path[0]) === key) want(item, path.slice(1), looked);
      }
  };
  const test = (cond: Cond): void => {
    if ('and' in cond) cond.and.forEach(test);
    else if ('or' in cond) cond.or.forEach(test);
    else if ('not' in cond) test(cond.not);
    else if ('present' in cond) want(cond.present);
    else if ('truthy' in cond) want(cond.truthy, [], true);
    else for (const side of [cond.a, cond.b]) want(side, [], true);
  };
  const block = (inner: Block): void => {
    for (const node of inner.nodes) visit(node);
    want(inner.out);
  };
  const visit = fold<void>({
    task: (node) => {
      boundary(node.id);
      want(node.input);
    },
    map: (node) => {
      sources.set(`${node.id}.item`, (path, looked) => want(node.items, [EACH, ...path], looked));
      sources.set(node.id, (path, looked) => want(node.body.out, path.slice(1), looked && path.length > 0));
      want(node.items, [], true);
      block(node.body);
    },
    parallel: (node) => {
      sources.set(node.id, ([index, ...rest], looked) => {
        const chosen =
          typeof index === 'number' && index !== EACH ? node.branches.slice(index, index + 1) : node.branches;
        for (const branch of chosen) want(branch.out, rest, looked && index !== undefined);
      });
      node.branches.forEach(block);
    },
    choose: (node) => {
      const outs = [...node.cases.map((one) => one.then.out), node.else.out];
      sources.set(node.id, (path, looked) => outs.forEach((out) => want(out, path, looked)));
      for (const one of node.cases) {
        test(one.if);
        block(one.then);
      }
      block(node.else);
    },
    attempt: (node) => {
      sources.set(node.id, (path, looked) => {
        want(node.body.out, path, looked);
        want(node.rescue.out, path, looked);
      });
      block(node.body);
      block(node.rescue);
    },
    sleep: (node) => want(node.seconds, [], true),
    waitFor: (node) => boundary(node.id),
    repeat: (node) => {
      const state = (path: Path, looked: boolean): void => {
        want(node.init, path, looked);
        want(node.body.out, path, looked);
      };
      sources.set(`${node.id}.state`, state);
      sources.set(node.id, state);
      want(node.init);
      block(node.body);
      test(node.until);
    },
    run: (node) => {
      sources.set(`${node.id}.in`, (path, looked) => want(node.input, path, looked));
      sources.set(node.id, (path, looked) => want(node.body.out, path, looked));
      want(node.input);
      block(node.body);
    },
    fail: (node) => {
      if (typeof node.error !== 'string') want(node.error, [], true);
      want(node.message, [], true);
      if (node.data) want(node.data);
    },
  });

  boundary('in');
  block(body);
  return boundaries;
}

/** The same workflow with `reads` filled in at every boundary; what was there before is replaced. */
export function withReads(ir: Omit<WorkflowIR, 'reads'>): WorkflowIR {
  const boundaries = demand(ir.body);
  const reads = (id: string): readonly Path[] => boundaries.get(id)?.reads ?? [];
  return { ...ir, reads: reads('in'), body: fill(ir.body, reads) };
}

function fill(body: Block, reads: (id: string) => readonly Path[]): Block {
  const into = fold<object>({
    task: (node) => ({ reads: reads(node.id) }),
    map: (node) => ({ body: fill(node.body, reads) }),
    parallel: (node) => ({ branches: node.branches.map((branch) => fill(branch, reads)) }),
    choose: (node) => ({
      cases: node.cases.map((one) => ({ if: one.if, then: fill(one.then, reads) })),
      else: fill(node.else, reads),
    }),
    attempt: (node) => ({ body: fill(node.body, reads), rescue: fill(node.rescue, reads) }),
    sleep: () => ({}),
    waitFor: (node) => ({ reads: reads(node.id) }),
    repeat: (node) => ({ body: fill(node.body, reads) }),
    run: (node) => ({ body: fill(node.body, reads) }),
    fail: () => ({}),
  });
  return { nodes: body.nodes.map((node) => ({ ...node, ...into(node) })), out: body.out };
}
