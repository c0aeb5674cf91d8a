export interface Named {
  readonly apply: (...args: number[]) => number;
  /** Fewest and most arguments. */
  readonly arity: readonly [from: number, to: number];
}

const one = (apply: (x: number) => number): Named => ({ apply, arity: [1, 1] });
const two = (apply: (x: number, y: number) => number): Named => ({ apply, arity: [2, 2] });
const some = (apply: (...args: number[]) => number): Named => ({ apply, arity: [1, 100] });

/** Without a prototype, so that `constructor` and its like are unknown names as any other. */
const table = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries));

/** What an expression may call. `log` is the natural logarithm; `round` rounds halves up. */
export const FUNCTIONS = table<Named>({
  abs: one(Math.abs),
  sin: one(Math.sin),
  cos: one(Math.cos),
  tan: one(Math.tan),
  asin: one(Math.asin),
  acos: one(Math.acos),
  atan: one(Math.atan),
  sinh: one(Math.sinh),
  cosh: one(Math.cosh),
  tanh: one(Math.tanh),
  exp: one(Math.exp),
  log: one(Math.log),
  log2: one(Math.log2),
  log10: one(Math.log10),
  sqrt: one(Math.sqrt),
  cbrt: one(Math.cbrt),
  floor: one(Math.floor),
  ceil: one(Math.ceil),
  round: one(Math.round),
  sign: one(Math.sign),
  min: some(Math.min),
  max: some(Math.max),
  pow: two(Math.pow),
  atan2: two(Math.atan2),
  hypot: some(Math.hypot),
});

export const CONSTANTS = table<number>({ pi: Math.PI, e: Math.E });
