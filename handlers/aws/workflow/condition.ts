import type { Json } from '../../../core/json.ts';
import { holds } from '../../../core/workflow/evaluate.ts';
import type { Comparison, Cond, Expr, Path } from '../../../core/workflow/ir.ts';
import { pathText } from './asl-path.ts';
import { constant, isConstant, pathOf, typeOf } from './expression.ts';
import { defaultOf, type Link, nextOf } from './machine.ts';
import { type Place, pathOfVariable } from './place.ts';

export type Rule = { readonly [field: string]: Json };

/** Where to go on: what comes next links to one of these. */
export interface Ways {
  readonly yes: Link[];
  readonly no: Link[];
}

const TYPES = { string: 'IsString', number: 'IsNumeric', boolean: 'IsBoolean' } as const;
const EQUALS = { string: 'StringEquals', number: 'NumericEquals', boolean: 'BooleanEquals' } as const;
const ORDERS = {
  lt: 'NumericLessThan',
  lte: 'NumericLessThanEquals',
  gt: 'NumericGreaterThan',
  gte: 'NumericGreaterThanEquals',
} as const;
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  ...{ eq: 'eq', ne: 'ne' },
  ...{ lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' },
};

/**
 * A condition as one rule of a Choice state; a boolean where it is known already, nothing where values must be computed first.
 *
 * A rule that compares is guarded by a test of the type, for comparing a value of another type is an error in States Language.
 */
export function ruleOf(cond: Cond, place: Place): Rule | boolean | undefined {
  if ('and' in cond) return joined('And', true, cond.and, place);
  if ('or' in cond) return joined('Or', false, cond.or, place);
  if ('not' in cond) return negated(ruleOf(cond.not, place));
  if ('present' in cond)
    return isConstant(cond.present) ? constant(cond.present) !== null : present(cond.present, place);
  if ('truthy' in cond) return compared('eq', cond.truthy, { lit: true }, place);
  return compared(cond.cmp, cond.a, cond.b, place);
}

function joined(
  word: 'And' | 'Or',
  neutral: boolean,
  conds: readonly Cond[],
  place: Place,
): Rule | boolean | undefined {
  const rules: Rule[] = [];
  for (const cond of conds) {
    const rule = ruleOf(cond, place);
    if (rule === undefined) return undefined;
    if (rule === neutral) continue;
    // What stands before has to be evaluated all the same: it may miss a value.
    if (typeof rule === 'boolean') return rules.length === 0 ? rule : undefined;
    rules.push(rule);
  }
  const [only] = rules;
  if (only === undefined) return neutral;
  return rules.length === 1 ? only : { [word]: rules };
}

function negated(rule: Rule | boolean | undefined): Rule | boolean | undefined {
  if (rule === undefined || typeof rule === 'boolean') return rule === undefined ? undefined : !rule;
  return { Not: rule };
}

/** Whether there is a path to the value that can be read without more ado. */
function direct(expr: Expr, place: Place): expr is { ref: string; path?: Path } {
  return 'ref' in expr && place.certainty(expr.ref, expr.path ?? []) === 'sure';
}

function compared(cmp: Comparison, a: Expr, b: Expr, place: Place): Rule | boolean | undefined {
  if (cmp === 'ne') return negated(compared('eq', a, b, place));
  if (isConstant(a) && isConstant(b))
    return holds({ cmp, a: { lit: constant(a) }, b: { lit: constant(b) } }, { own: new Map(), up: undefined });
  if (isConstant(a)) return compared(MIRRORED[cmp], b, a, place);
  if (!direct(a, place)) return undefined;
  if (isConstant(b)) return comparedTo(cmp, pathOf(a, place), constant(b));
  return direct(b, place) ? comparedPaths(cmp, pathOf(a, place), pathOf(b, place)) : undefined;
}

function comparedTo(cmp: Exclude<Comparison, 'ne'>, path: string, value: Json): Rule {
  if (value === null) return cmp === 'eq' ? { Variable: path, IsNull: true } : never(path);
  if (typeof value === 'object') return never(path);
  const type = TYPES[typeof value as keyof typeof TYPES];
  if (cmp !== 'eq' && typeof value !== 'number') return never(path);
  const operator = cmp === 'eq' ? EQUALS[typeof value as keyof typeof EQUALS] : ORDERS[cmp];
  return {
    And: [
      { Variable: path, [type]: true },
      { Variable: path, [operator]: value },
    ],
  };
}

/** False, once the value has been looked at: it may not be there. */
function never(path: string): Rule {
  return { And: [{ Variable: path, IsNull: true }, { Not: { Variable: path, IsNull: true } }] };
}

function comparedPaths(cmp: Exclude<Comparison, 'ne'>, a: string, b: string): Rule {
  const both = (type: string, operator?: string): Rule => ({
    And: [
      { Variable: a, [type]: true },
      { Variable: b, [type]: true },
      ...(operator === undefined ? [] : [{ Variable: a, [`${operator}Path`]: b }]),
    ],
  });
  if (cmp !== 'eq') return { Or: [both('IsNumeric', ORDERS[cmp]), never(b)] };
  const typed = (['string', 'number', 'boolean'] as const).map((type) => both(TYPES[type], EQUALS[type]));
  return { Or: [...typed, both('IsNull'), never(b)] };
}

function present(expr: Expr, place: Place): Rule | undefined {
  if (!('ref' in expr) || place.certainty(expr.ref, expr.path ?? []) === 'typed') return undefined;
  const path = expr.path ?? [];
  const start = pathOfVariable(place, expr.ref);
  const steps = path.map((_, depth) => ({ Variable: pathText(start, path.slice(0, depth + 1)), IsPresent: true }));
  const notNull = { Not: { Variable: pathText(start, path), IsNull: true } };
  return steps.length === 0 ? notNull : { And: [...steps, notNull] };
}

/** Adds the states that decide a condition, from left to right and no further than it takes (clause 32). */
export function decide(cond: Cond, place: Place): Ways {
  const rule = ruleOf(cond, place);
  if (rule !== undefined) return asked(rule, place);
  if ('and' in cond) return inTurn(cond.and, 'no', (one) => decide(one, place), place);
  if ('or' in cond) return inTurn(cond.or, 'yes', (one) => decide(one, place), place);
  if ('not' in cond) {
    const { yes, no } = decide(cond.not, place);
    return { yes: no, no: yes };
  }
  if ('present' in cond) return decidePresent(cond.present, place);
  if ('truthy' in cond) return asked(comparedTo('eq', pathOf(cond.truthy, place), true), place);
  const sides = [cond.a, cond.b].map((side) => pathOf(side, place)) as [string, string];
  const compared = comparedPaths(cond.cmp === 'ne' ? 'eq' : cond.cmp, ...sides);
  return asked(cond.cmp === 'ne' ? { Not: compared } : compared, place);
}

/** One after the other, until one goes the way that settles it. */
function inTurn<T>(all: readonly T[], settled: keyof Ways, each: (one: T) => Ways, place: Place): Ways {
  const ways: Ways = { yes: [], no: [] };
  const on = settled === 'yes' ? 'no' : 'yes';
  for (const one of all) {
    if (place.machine.pending.length === 0) break;
    const found = each(one);
    ways[settled].push(...found[settled]);
    place.machine.pending = found[on];
  }
  ways[on].push(...place.machine.pending);
  place.machine.pending = [];
  return ways;
}

function asked(rule: Rule | boolean, place: Place): Ways {
  const { machine } = place;
  if (typeof rule === 'boolean') {
    const links = machine.pending;
    machine.pending = [];
    return rule ? { yes: links, no: [] } : { yes: [], no: links };
  }
  const choice = { ...rule, Next: '' };
  const state = machine.add(`${place.label}?`, { Type: 'Choice', Choices: [choice] });
  return { yes: [nextOf(choice)], no: [defaultOf(state)] };
}

/** Whether a value is there and not null, where a look at a path is not enough. */
function decidePresent(expr: Expr, place: Place): Ways {
  if (!('ref' in expr)) return decideThere(expr, place);
  return inTurn<() => Ways>(
    [() => decideThere(expr, place), () => asked({ Not: { Variable: pathOf(expr, place), IsNull: true } }, place)],
    'no',
    (one) => one(),
    place,
  );
}

/** Whether an expression can be evaluated, without evaluating what cannot be. */
function decideThere(expr: Expr, place: Place): Ways {
  if ('lit' in expr) return asked(true, place);
  if ('arr' in expr) return inTurn(expr.arr, 'no', (item) => decideThere(item, place), place);
  if ('obj' in expr) return inTurn(expr.obj, 'no', ([, item]) => decideThere(item, place), place);
  if ('len' in expr) {
    const { len } = expr;
    const isArray = (): Ways => asked({ Variable: typeOf(pathOf(len, place), place), StringMatches: '[*' }, place);
    return inTurn<() => Ways>([() => decideThere(len, place), isArray], 'no', (one) => one(), place);
  }
  const { ref, path = [] } = expr;
  const key = path.at(-1);
  if (key === undefined) return asked(true, place);
  const parent = { ref, path: path.slice(0, -1) };
  const readable = (): Ways => {
    const value = pathOf(parent, place);
    const type = typeOf(value, place);
    const item = {
      And: [
        { Variable: type, StringMatches: '[*' },
        { Variable: pathText(value, [key]), IsPresent: true },
      ],
    };
    const isObject = { Variable: type, StringMatches: '{*' };
    return asked(typeof key === 'number' ? { Or: [isObject, item] } : isObject, place);
  };
  return inTurn<() => Ways>([() => decideThere(parent, place), readable], 'no', (one) => one(), place);
}
