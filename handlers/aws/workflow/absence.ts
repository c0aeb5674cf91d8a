import type { Json } from '../../../core/json.ts';
import { EACH, type Expr, fold, nodesOf, type Path, type WorkflowIR } from '../../../core/workflow/ir.ts';

/**
 * What is known of reading a path of a variable before it is done.
 *
 * `sure`: JSONPath does what the workflow means. `absent`: the last property may not be there, and is then null. `typed`: JSONPath
 * implementations differ (the length of a string, an index of what is no array): the type must be looked at first.
 */
export type Certainty = 'sure' | 'absent' | 'typed';

/** Paths as long as these come from a state that is a part of the state before it; nobody has put nulls down there. */
const DEEPEST = 60;

export function absences(ir: WorkflowIR): (variable: string, path: Path) => Certainty {
  const sources = new Map<string, (path: Path) => Certainty>();
  const seen = new Map<string, Certainty>();

  const of = (expr: Expr, path: Path): Certainty => {
    if (path.length === 0) return 'sure';
    if ('lit' in expr) return ofLiteral(expr.lit, path);
    if ('ref' in expr) return ofRef(expr.ref, [...(expr.path ?? []), ...path]);
    const [key, ...rest] = path;
    if ('len' in expr) return 'sure';
    if ('arr' in expr) {
      if (typeof key !== 'number') return 'sure';
      const items = key === EACH ? expr.arr : expr.arr.slice(key, key + 1);
      return worst(items.map((item) => of(item, rest)));
    }
    const found = expr.obj.find(([name]) => name === String(key));
    if (found !== undefined) return typeof key === 'number' ? 'typed' : of(found[1], rest);
    return typeof key === 'number' && key !== EACH ? 'typed' : rest.length === 0 ? 'absent' : 'sure';
  };
  const ofRef = (variable: string, path: Path): Certainty => {
    if (path.length === 0) return 'sure';
    if (path.includes('length')) return 'typed';
    if (path.length > DEEPEST) return 'typed';
    const key = JSON.stringify([variable, path]);
    const known = seen.get(key);
    if (known !== undefined) return known;
    seen.set(key, 'sure');
    const found = sources.get(variable)?.(path) ?? 'sure';
    seen.set(key, found);
    return found;
  };
  const boundary = (id: string, reads: readonly Path[]): void =>
    void sources.set(id, (path) => {
      if (path.some((key) => typeof key === 'number' && key !== EACH)) return 'typed';
      return path.every((key) => key === EACH) || reads.some((read) => covers(read, path)) ? 'sure' : 'absent';
    });
  const define = fold<void>({
    task: (node) => boundary(node.id, node.reads),
    map: (node) => {
      sources.set(`${node.id}.item`, (path) => of(node.items, [EACH, ...path]));
      sources.set(node.id, ([index, ...rest]) => (typeof index === 'number' ? of(node.body.out, rest) : 'sure'));
    },
    parallel: (node) =>
      void sources.set(node.id, ([index, ...rest]) => {
        if (typeof index !== 'number') return 'sure';
        const branches = index === EACH ? node.branches : node.branches.slice(index, index + 1);
        return worst(branches.map((branch) => of(branch.out, rest)));
      }),
    choose: (node) => {
      const outs = [...node.cases.map((one) => one.then.out), node.else.out];
      sources.set(node.id, (path) => worst(outs.map((out) => of(out, path))));
    },
    attempt: (node) => {
      sources.set(node.id, (path) => worst([of(node.body.out, path), of(node.rescue.out, path)]));
      sources.set(`${node.id}.error`, ([key, ...rest]) => {
        if (key === 'data') return rest.length === 0 ? 'sure' : rest.every(isName) ? 'absent' : 'typed';
        if (key === 'name' || key === 'message') return rest.every(isName) ? 'sure' : 'typed';
        return rest.length === 0 ? 'absent' : 'sure';
      });
    },
    sleep: () => undefined,
    waitFor: (node) => boundary(node.id, node.reads),
    repeat: (node) => {
      const state = (path: Path): Certainty => worst([of(node.init, path), of(node.body.out, path)]);
      sources.set(`${node.id}.state`, state);
      sources.set(node.id, state);
    },
    run: (node) => {
      sources.set(`${node.id}.in`, (path) => of(node.input, path));
      sources.set(node.id, (path) => of(node.body.out, path));
    },
    fail: () => undefined,
  });
  boundary('in', ir.reads);
  for (const node of nodesOf(ir.body)) define(node);
  return ofRef;
}

function isName(key: string | number): boolean {
  return typeof key === 'string';
}

function worst(all: readonly Certainty[]): Certainty {
  return all.includes('typed') ? 'typed' : all.includes('absent') ? 'absent' : 'sure';
}

/** Whether nulls that were put in place for one path are in place for another too. */
function covers(read: Path, path: Path): boolean {
  return read.length >= path.length && path.every((key, depth) => key === read[depth]);
}

function ofLiteral(value: Json, [key, ...rest]: Path): Certainty {
  if (key === undefined) return 'sure';
  if (typeof value === 'string') return typeof key === 'number' || key === 'length' ? 'typed' : 'sure';
  if (value === null || typeof value !== 'object') return 'sure';
  if (Array.isArray(value)) {
    if (typeof key !== 'number') return key === 'length' ? 'typed' : 'sure';
    const items = key === EACH ? value : value.slice(key, key + 1);
    return worst(items.map((item) => ofLiteral(item, rest)));
  }
  if (typeof key === 'number') return key === EACH ? 'sure' : 'typed';
  if (!Object.hasOwn(value, key)) return rest.length === 0 ? 'absent' : 'sure';
  return ofLiteral(value[key] as Json, rest);
}
