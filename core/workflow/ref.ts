import type { DiagnosticCode } from './diagnostic.ts';
import type { Cond, Expr } from './ir.ts';
import { readableKey } from './names.ts';
import { spellCond, spellExpr } from './spell.ts';
import { consume, expectUse, type Scope, scopeNow, stop } from './tracer.ts';
import type { Condition, Ref } from './types.ts';

const expressions = new WeakMap<object, Expr>();
const conditions = new WeakMap<object, Cond>();
const scopes = new WeakMap<object, Scope>();

/** The expression that a Ref stands for; reading it counts as its use. */
export function exprOf(candidate: object): Expr | undefined {
  const expr = expressions.get(candidate);
  if (expr !== undefined) use(candidate, () => nameOf(expr));
  return expr;
}

export function condOf(candidate: object): Cond | undefined {
  const cond = conditions.get(candidate);
  if (cond !== undefined) use(candidate, () => spellCond(cond));
  return cond;
}

function use(handle: object, name: () => string): void {
  consume(handle);
  const home = scopes.get(handle);
  for (let scope = scopeNow(); scope; scope = scope.up) if (scope === home) return;
  stop('SK111', name());
}

/** The block that a Ref belongs to. */
export function homeOf(ref: object): Scope | undefined {
  return scopes.get(ref);
}

export function makeCondition(cond: Cond): Condition {
  const handle = Object.freeze(Object.create(null)) as Condition;
  conditions.set(handle, cond);
  belong(handle, scopeNow());
  expectUse(handle, `the condition ${spellCond(cond)}`);
  return handle;
}

function belong(handle: object, home: Scope | undefined): void {
  if (home !== undefined) scopes.set(handle, home);
}

interface Origin {
  /** It was made by reading a property, so that never using it is a mistake (SK120). */
  readonly read?: boolean;
  /** @default the block that is being traced */
  readonly home?: Scope | undefined;
}

/** A target that may be called and constructed, and has no property that a proxy would have to admit to. */
const CALLABLE = function callable() {}.bind(null);

/** Makes a Ref: a proxy over a function that refuses whatever a value can do and a reference cannot. */
export function makeRef<T>(expr: Expr, { read = false, home = scopeNow() }: Origin = {}): Ref<T> {
  const name = nameOf(expr);
  // A property belongs where its owner does: it can neither outlive the owner's block nor be lost with the block that read it.
  const part = (inner: Expr): Ref<unknown> => makeRef(inner, { read: true, home });
  const no = (code: DiagnosticCode) => (): never => stop(code, name);
  const ref: object = new Proxy(CALLABLE, {
    get(_target, key) {
      if (key === Symbol.toPrimitive || key === 'valueOf' || key === 'toString') return no('SK101');
      if (key === 'toJSON') return no('SK102')();
      if (key === 'then') return no('SK103')();
      if (key === Symbol.iterator || key === Symbol.asyncIterator) return no('SK104')();
      // console.log and a debugger's hover may look without harm.
      if (key === Symbol.for('nodejs.util.inspect.custom')) return () => `Ref<${spellExpr(expr)}>`;
      if (typeof key === 'symbol') return undefined;
      consume(ref);
      if (key === 'length') return part({ len: expr });
      if (key === 'at') return (index: unknown) => part(extend(expr, checkedIndex(index)));
      if (!readableKey(key)) stop('SK107', `${JSON.stringify(key)} of ${name}`);
      return part(extend(expr, /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : key));
    },
    apply: no('SK105'),
    construct: no('SK105'),
    has: no('SK108'),
    ownKeys: no('SK104'),
    set: no('SK109'),
    deleteProperty: no('SK109'),
    defineProperty: no('SK109'),
    getOwnPropertyDescriptor: () => undefined,
    getPrototypeOf: () => Function.prototype,
  });
  expressions.set(ref, expr);
  belong(ref, home);
  if (read) expectUse(ref, name);
  return ref as Ref<T>;
}

function checkedIndex(index: unknown): number {
  if (Number.isSafeInteger(index) && (index as number) >= 0) return index as number;
  const isRef = typeof index === 'function' && expressions.has(index);
  return stop('SK106', `at(${isRef ? 'a Ref' : typeof index === 'number' ? index : `a ${typeof index}`})`);
}

function extend(expr: Expr, key: string | number): Expr {
  if (!('ref' in expr)) return stop('SK110', `${String(key)} of ${nameOf(expr)}`);
  return { ref: expr.ref, path: [...(expr.path ?? []), key] };
}

function nameOf(expr: Expr): string {
  return 'ref' in expr ? `Ref ${spellExpr(expr)}` : `the ${spellExpr(expr)}`;
}
