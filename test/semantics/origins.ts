import type { Any, Path } from './expression.ts';

/** What the workflow reads of each value that enters it, by the id of its task or wait, or `in`; `*` is every element. */
export type Reads = ReadonlyMap<string, readonly Path[]>;

/** Where a value may come from, as far as it can be told before anything runs. */
interface Origin {
  read(key: string | number | typeof EACH): Origin;
}
const EACH = Symbol('each element');
/** No value that a test makes is deeper; a state that holds the state before it has no end. */
const DEEPEST = 12;

const nothing: Origin = { read: () => nothing };

/**
 * Finds clause 31's reads by following values forward, from where they enter to where they are read. (Core goes the other
 * way, from the reading to the entry.)
 */
export function readsOf(body: Any): Reads {
  const reads = new Map<string, Path[]>();

  const entry = (id: string, path: Path = []): Origin => {
    const known = new Map<unknown, Origin>();
    return {
      read(key) {
        const next = [...path, key === EACH ? '*' : key];
        if (path.length >= DEEPEST) return nothing;
        const found = known.get(key) ?? entry(id, next);
        if (!known.has(key) && key !== EACH) reads.get(id)?.push(next);
        known.set(key, found);
        return found;
      },
    };
  };
  const enter = (id: string): Origin => {
    reads.set(id, []);
    return entry(id);
  };

  const of = (expr: Any, scope: ReadonlyMap<string, Origin>): Origin => {
    if ('arr' in expr) {
      const items = (expr.arr as Any[]).map((item) => of(item, scope));
      const any = either(items);
      return { read: (key) => (key === EACH ? any : typeof key === 'number' ? (items[key] ?? nothing) : nothing) };
    }
    if ('obj' in expr) {
      const pairs = (expr.obj as [string, Any][]).map(([key, item]) => [key, of(item, scope)] as const);
      const fields = new Map(pairs);
      return { read: (key) => (key === EACH ? nothing : (fields.get(String(key)) ?? nothing)) };
    }
    if ('len' in expr) of(expr.len as Any, scope);
    if (!('ref' in expr)) return nothing;
    let origin = scope.get(expr.ref as string) ?? nothing;
    for (const key of (expr.path as Path | undefined) ?? []) origin = origin.read(key);
    return origin;
  };

  const test = (cond: Any, scope: ReadonlyMap<string, Origin>): void => {
    for (const one of [...((cond.and ?? cond.or ?? []) as Any[]), ...(cond.not ? [cond.not as Any] : [])])
      test(one, scope);
    for (const side of [cond.a, cond.b, cond.present, cond.truthy]) if (side !== undefined) of(side as Any, scope);
  };

  const block = (one: unknown, up: ReadonlyMap<string, Origin>, bound: Record<string, Origin> = {}): Origin => {
    const { nodes, out } = one as { nodes: Any[]; out: Any };
    const scope = new Map([...up, ...Object.entries(bound)]);
    for (const node of nodes) scope.set(node.id as string, visit(node, scope));
    return of(out, scope);
  };

  const visit = (node: Any, scope: ReadonlyMap<string, Origin>): Origin => {
    const id = node.id as string;
    for (const key of ['input', 'seconds', 'message', 'data', ...(typeof node.error === 'string' ? [] : ['error'])])
      if (node[key] !== undefined && node.kind !== 'run') of(node[key] as Any, scope);
    switch (node.kind) {
      case 'task':
      case 'waitFor':
        return enter(id);
      case 'map': {
        const item = of(node.items as Any, scope).read(EACH);
        const each = block(node.body, scope, { [`${id}.item`]: item, [`${id}.index`]: nothing });
        return { read: (key) => (typeof key === 'string' ? nothing : each) };
      }
      case 'parallel': {
        const branches = (node.branches as unknown[]).map((branch) => block(branch, scope));
        const any = either(branches);
        return { read: (key) => (typeof key === 'number' ? (branches[key] ?? nothing) : key === EACH ? any : nothing) };
      }
      case 'choose':
        for (const one of node.cases as Any[]) test(one.if as Any, scope);
        return either([...(node.cases as Any[]).map((one) => block(one.then, scope)), block(node.else, scope)]);
      case 'attempt':
        return either([block(node.body, scope), block(node.rescue, scope, { [`${id}.error`]: nothing })]);
      case 'repeat': {
        const state = either([of(node.init as Any, scope)]);
        const bound = { [`${id}.state`]: state, [`${id}.index`]: nothing };
        state.add(block(node.body, scope, bound));
        test(node.until as Any, new Map([...scope, ...Object.entries(bound)]));
        return state;
      }
      case 'run':
        return block(node.body, scope, { [`${id}.in`]: of(node.input as Any, scope) });
      default:
        return nothing;
    }
  };

  block(body, new Map([['in', enter('in')]]));
  return reads;
}

interface Either extends Origin {
  add(option: Origin): void;
}

/** One of several; what was read before an option came is read of it when it comes. */
function either(options: readonly Origin[], depth = 0): Either {
  const all = new Set(options);
  const children = new Map<Parameters<Origin['read']>[0], Either>();
  const self: Either = {
    read(key) {
      if (depth >= DEEPEST) return nothing;
      const known = children.get(key);
      if (known !== undefined) return known;
      const child = either([], depth + 1);
      children.set(key, child);
      for (const option of all) child.add(option.read(key));
      return child;
    },
    add(option) {
      if (option === self || option === nothing || all.has(option)) return;
      all.add(option);
      for (const [key, child] of children) child.add(option.read(key));
    },
  };
  return self;
}
