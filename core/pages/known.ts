import type { Json } from '../json.ts';
import { evaluate, holds, type Variables } from '../workflow/evaluate.ts';
import type { Cond, Expr } from '../workflow/ir.ts';

/** `undefined`: the records do not say, as with the data of an event. */
export type Known = Json | undefined;

class Unknown extends Error {
  override readonly name = 'Unknown' as const;
}

/** A block's variables, of which some are not known: an expression that needs one of those is not known either. */
export function scope(up: Variables | undefined, bindings: readonly (readonly [string, Known])[]): Variables {
  const own = new Map<string, Json>();
  const unknown = new Set<string>();
  const get = own.get.bind(own);
  own.get = (name) => {
    if (unknown.has(name)) throw new Unknown();
    return get(name);
  };
  const made: Variables = { own, up };
  hidden.set(made, unknown);
  for (const [name, value] of bindings) bind(made, name, value);
  return made;
}

const hidden = new WeakMap<Variables, Set<string>>();

export function bind(variables: Variables, name: string, value: Known): void {
  if (value === undefined) hidden.get(variables)?.add(name);
  else variables.own.set(name, value);
}

export function knownOf(expr: Expr, variables: Variables): Known {
  return attempted(() => evaluate(expr, variables));
}

export function truthOf(cond: Cond, variables: Variables): boolean | undefined {
  return attempted(() => holds(cond, variables));
}

/** Where evaluating failed in the run, too, the run's own error tells it. */
function attempted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
