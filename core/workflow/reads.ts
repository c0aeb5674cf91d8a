import { type Block, blocksOf, type Cond, EACH, type Expr, fold, nodesOf, type Path, type WorkflowIR } from './ir.ts';
import { rewriteBlock } from './rewrite.ts';

/** Where values enter a workflow: its input, a task's output, an event's data. The input's id is `in`. */
export type Boundaries = ReadonlyMap<string, Boundary>;

interface Boundary {
  readonly reads: Path[];
  /** Whether the workflow looks at the value itself: compares it, measures it, maps it, reads a property, or raises it. */
  lookedAt: boolean;
}

/** How the workflow takes a value: hands it on, looks at it itself, or shows it, and all that is in it, as a text or an error's data. */
type Look = 'passed' | 'seen' | 'shown';

/** How what is in a value is taken, where the value is put together of it. */
function within(look: Look): Look {
  return look === 'shown' ? look : 'passed';
}

/**
 * Pushes every property read back to the boundary that it comes from.
 *
 * Absent leaves become `null` there, once, so that no engine has to handle a property that is not there.
 */
export function demand(body: Block): Boundaries {
  const boundaries = new Map<string, Boundary>();
  const sources = new Map<string, (path: Path, look: Look) => void>();
  const seen = new Set<string>();

  const boundary = (id: string): void => {
    const found: Boundary = { reads: [], lookedAt: false };
    boundaries.set(id, found);
    sources.set(id, (path, look) => {
      if (look !== 'passed' || path.length > 0) found.lookedAt = true;
      if (path.some((key) => key !== EACH) && !found.reads.some((known) => samePath(known, path)))
        found.reads.push(path);
    });
  };

  // A state that is a part of the state before it would be read ever deeper; whole values need no nulls down there.
  const deepest = longestPath(body) + 8;

  const want = (expr: Expr, path: Path = [], look: Look = 'passed'): void => {
    if ('ref' in expr) {
      const whole = [...(expr.path ?? []), ...path];
      const key = JSON.stringify([expr.ref, whole, look]);
      if (seen.has(key) || whole.length > deepest) return;
      seen.add(key);
      sources.get(expr.ref)?.(whole, look);
    } else if ('len' in expr) want(expr.len, [], 'seen');
    else if ('arr' in expr)
      expr.arr.forEach((item, index) => {
        if (path.length === 0) want(item, [], within(look));
        else if (path[0] === EACH || path[0] === index) want(item, path.slice(1), look);
      });
    else if ('obj' in expr)
      for (const [key, item] of expr.obj) {
        if (path.length === 0) want(item, [], within(look));
        else if (String(path[0]) === key) want(item, path.slice(1), look);
      }
  };
  const test = (cond: Cond): void => {
    if ('and' in cond) cond.and.forEach(test);
    else if ('or' in cond) cond.or.forEach(test);
    else if ('not' in cond) test(cond.not);
    else if ('present' in cond) want(cond.present);
    else if ('truthy' in cond) want(cond.truthy, [], 'seen');
    else for (const side of [cond.a, cond.b]) want(side, [], 'seen');
  };
  const define = fold<void>({
    task: (node) => boundary(node.id),
    map: (node) => {
      sources.set(`${node.id}.item`, (path, look) => want(node.items, [EACH, ...path], look));
      sources.set(node.id, (path, look) => want(node.body.out, path.slice(1), path.length > 0 ? look : within(look)));
    },
    parallel: (node) =>
      void sources.set(node.id, ([index, ...rest], look) => {
        const one = typeof index === 'number' && index !== EACH;
        const chosen = one ? node.branches.slice(index, index + 1) : node.branches;
        for (const branch of chosen) want(branch.out, rest, index === undefined ? within(look) : look);
      }),
    choose: (node) => {
      const outs = [...node.cases.map((one) => one.then.out), node.else.out];
      sources.set(node.id, (path, look) => outs.forEach((out) => want(out, path, look)));
    },
    attempt: (node) =>
      void sources.set(node.id, (path, look) => {
        want(node.body.out, path, look);
        want(node.rescue.out, path, look);
      }),
    sleep: () => undefined,
    waitFor: (node) => boundary(node.id),
    repeat: (node) => {
      const state = (path: Path, look: Look): void => {
        want(node.init, path, look);
        want(node.body.out, path, look);
      };
      sources.set(`${node.id}.state`, state);
      sources.set(node.id, state);
    },
    run: (node) => {
      sources.set(`${node.id}.in`, (path, look) => want(node.input, path, look));
      sources.set(node.id, (path, look) => want(node.body.out, path, look));
    },
    fail: () => undefined,
  });
  const visit = fold<void>({
    task: (node) => want(node.input),
    map: (node) => want(node.items, [], 'seen'),
    parallel: () => undefined,
    choose: (node) => {
      for (const one of node.cases) test(one.if);
    },
    attempt: () => undefined,
    sleep: (node) => want(node.seconds, [], 'seen'),
    waitFor: () => undefined,
    repeat: (node) => {
      want(node.init);
      test(node.until);
    },
    run: (node) => want(node.input),
    fail: (node) => {
      // What a rescue reads of an error is not traced to where it came from: so all of it counts as looked at here.
      if (typeof node.error !== 'string') want(node.error, [], 'shown');
      want(node.message, [], 'shown');
      if (node.data) want(node.data, [], 'shown');
    },
  });

  // All sources first: what makes the next state of a loop stands after what reads the state.
  boundary('in');
  const nodes = [...nodesOf(body)];
  nodes.forEach((node) => define(node));
  for (const node of nodes) {
    visit(node);
    for (const inner of blocksOf(node)) want(inner.out);
  }
  want(body.out);
  return boundaries;
}

function longestPath(body: Block): number {
  let longest = 0;
  const measure = (expr: Expr): Expr => {
    if ('ref' in expr) longest = Math.max(longest, expr.path?.length ?? 0);
    else if ('len' in expr) measure(expr.len);
    else if ('arr' in expr) expr.arr.forEach(measure);
    else if ('obj' in expr) for (const [, value] of expr.obj) measure(value);
    return expr;
  };
  rewriteBlock(body, { expr: measure, id: (id) => id });
  return longest;
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
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
