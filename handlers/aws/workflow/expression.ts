import type { Json } from '../../../core/json.ts';
import { evaluate } from '../../../core/workflow/evaluate.ts';
import type { Expr, Path } from '../../../core/workflow/ir.ts';
import { pathText } from './asl-path.ts';
import { causeOf, FINAL } from './errors.ts';
import { defaultOf, type Link, nextOf } from './machine.ts';
import { type Place, pathOfVariable, scratchSlot } from './place.ts';

/** Pairs of a payload template; keys that end in `.$` have paths or intrinsics for values. */
type Fields = [key: string, value: Json][];

/** A payload template of fields, each given by an expression. */
export function template(fields: readonly (readonly [key: string, expr: Expr])[], place: Place): Json {
  return Object.fromEntries(fields.map(([key, expr]) => field(key, expr, place)));
}

function field(key: string, expr: Expr, place: Place): Fields[number] {
  if (isConstant(expr)) return literal(key, constant(expr), place);
  if ('ref' in expr) return [`${key}.$`, pathOf(expr, place)];
  if ('len' in expr) return [`${key}.$`, `States.ArrayLength(${pathOf(expr.len, place)})`];
  if ('obj' in expr) return [key, template(expr.obj, place)];
  if ('lit' in expr) return [key, expr.lit];
  if (expr.arr.every((item) => 'ref' in item))
    return [`${key}.$`, `States.Array(${expr.arr.map((item) => pathOf(item, place)).join(', ')})`];
  // Text in an intrinsic would need escapes that implementations disagree about: the items are put side by side first.
  const slot = scratchSlot(place);
  const items = expr.arr.map((item) => template([['v', item]], place));
  place.machine.add(`${place.label} list`, { Type: 'Pass', Parameters: { items }, ResultPath: `$.${slot}` });
  return [`${key}.$`, `$.${slot}.items[*].v`];
}

function literal(key: string, value: Json, place: Place): Fields[number] {
  if (!hasBareItem(value)) return [key, value];
  const slot = scratchSlot(place);
  place.machine.add(`${place.label} literal`, { Type: 'Pass', Parameters: { v: value }, ResultPath: `$.${slot}` });
  return [`${key}.$`, `$.${slot}.v`];
}

/** asl-validator 4.0.0 refuses a null or an empty text in a list under some keys, such as `input`, and takes it under `v`. */
function hasBareItem(value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some((item) => item === null || item === '' || hasBareItem(item));
  return Object.values(value).some(hasBareItem);
}

/** A path to the value of an expression; one that no path leads to is computed first. */
export function pathOf(expr: Expr, place: Place): string {
  if (!('ref' in expr)) return staged(expr, place);
  const { ref, path = [] } = expr;
  if (path.length === 0 || place.certainty(ref, path) === 'sure') return pathText(pathOfVariable(place, ref), path);
  return looked(ref, path, place);
}

function staged(expr: Expr, place: Place): string {
  const slot = scratchSlot(place);
  const Parameters = template([['v', expr]], place);
  place.machine.add(`${place.label} value`, { Type: 'Pass', Parameters, ResultPath: `$.${slot}` });
  return `$.${slot}.v`;
}

/** Reads a property that may not be there, or of what may be no object: null, or the end of the run (clauses 3 and 4). */
function looked(ref: string, path: Path, place: Place): string {
  const { machine } = place;
  const slot = scratchSlot(place);
  const found: Link[] = [];
  const parent = pathOf({ ref, path: path.slice(0, -1) }, place);
  for (const { when, read } of readings(parent, path.at(-1) as string | number, typeOf(parent, place))) {
    const choice = { ...when, Next: '' };
    const state = machine.add(`${place.label} is there?`, { Type: 'Choice', Choices: [choice] });
    machine.pending = [nextOf(choice)];
    const Parameters: Json = read === undefined ? { v: null } : { 'v.$': read };
    machine.add(`${place.label} reads`, { Type: 'Pass', Parameters, ResultPath: `$.${slot}` });
    found.push(...machine.pending);
    machine.pending = [defaultOf(state)];
  }
  const message = `${[ref, ...path].join('.')} is not there`;
  machine.add(`${place.label} misses`, finalState({ name: 'MissingValue', message }));
  machine.pending = found;
  return `$.${slot}.v`;
}

/** The workflow's own error, which ends the run. */
export function finalState(error: { name: string; message: string }): { Type: 'Fail'; Error: string; Cause: string } {
  return { Type: 'Fail', Error: FINAL, Cause: causeOf(error) };
}

/** Where the JSON text of a value is: its first character tells the type. */
export function typeOf(path: string, place: Place): string {
  const slot = scratchSlot(place);
  const Parameters = { 'v.$': `States.JsonToString(${path})` };
  place.machine.add(`${place.label} type`, { Type: 'Pass', Parameters, ResultPath: `$.${slot}` });
  return `$.${slot}.v`;
}

/** The ways in which a property can be read of what is an object or an array; no path to read: it is null. */
function readings(
  parent: string,
  key: string | number,
  type: string,
): readonly { when: { [field: string]: Json }; read?: string }[] {
  const isObject = { Variable: type, StringMatches: '{*' };
  const name = pathText(parent, [key]);
  const present = (path: string): { [field: string]: Json } => ({ Variable: path, IsPresent: true });
  if (typeof key === 'string') return [{ when: { And: [isObject, present(name)] }, read: name }, { when: isObject }];
  const item = { And: [{ Variable: type, StringMatches: '[*' }, present(name)] };
  const property = `${parent}['${key}']`;
  return [
    { when: item, read: name },
    { when: { And: [isObject, present(property)] }, read: property },
    { when: isObject },
  ];
}

export function isConstant(expr: Expr): boolean {
  if ('ref' in expr) return false;
  if ('arr' in expr) return expr.arr.every(isConstant);
  if ('obj' in expr) return expr.obj.every(([, value]) => isConstant(value));
  return 'lit' in expr || ('len' in expr && isConstant(expr.len) && Array.isArray(constant(expr.len)));
}

export function constant(expr: Expr): Json {
  return evaluate(expr, { own: new Map(), up: undefined });
}
