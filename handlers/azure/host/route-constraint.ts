import { SetupError } from '../../../core/setup-error.ts';

export type Constraint = (value: string) => boolean;

const GUID = /^[({]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i;
const INT32 = 2 ** 31;
const INT64 = 2n ** 63n;

/** Each takes what stands in its parentheses. A wrong number of them is told when the route is read, not when it is asked. */
const CONSTRAINTS: Readonly<Record<string, (args: readonly string[]) => Constraint>> = {
  int: () => (value) => /^[+-]?\d+$/.test(value) && Number(value) < INT32 && Number(value) >= -INT32,
  long: () => (value) =>
    /^[+-]?\d+$/.test(value) && BigInt(value.replace('+', '')) < INT64 && BigInt(value.replace('+', '')) >= -INT64,
  bool: () => (value) => /^(?:true|false)$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  guid: () => (value) => GUID.test(value),
  decimal: () => (value) => isNumber(value) && !/e/i.test(value),
  double: () => isNumber,
  float: () => isNumber,
  datetime: () => (value) => !/^[+-]?\d+$/.test(value) && !Number.isNaN(Date.parse(value)),
  required: () => (value) => value !== '',
  minlength:
    ([least]) =>
    (value) =>
      value.length >= whole(least),
  maxlength:
    ([most]) =>
    (value) =>
      value.length <= whole(most),
  length:
    ([least, most = least]) =>
    (value) =>
      value.length >= whole(least) && value.length <= whole(most),
  min:
    ([least]) =>
    (value) =>
      isWhole(value) && Number(value) >= whole(least),
  max:
    ([most]) =>
    (value) =>
      isWhole(value) && Number(value) <= whole(most),
  range:
    ([least, most]) =>
    (value) =>
      isWhole(value) && Number(value) >= whole(least) && Number(value) <= whole(most),
  file: () => (value) => isFile(value),
  nonfile: () => (value) => !isFile(value),
};

/** Reads `int`, `length(2,5)`, `regex(^a)`. @throws SetupError where there is no such constraint. */
export function constraintOf(text: string, route: string): Constraint {
  const [, name = '', inner] = /^([a-z]+)(?:\(([\s\S]*)\))?$/i.exec(text) ?? [];
  if (name.toLowerCase() === 'regex' && inner !== undefined) {
    const pattern = new RegExp(inner, 'i');
    return (value) => pattern.test(value);
  }
  const make = Object.hasOwn(CONSTRAINTS, name.toLowerCase()) ? CONSTRAINTS[name.toLowerCase()] : undefined;
  if (make === undefined)
    throw new SetupError(`route: ${JSON.stringify(route)} has a constraint that is not known: ${JSON.stringify(text)}`);
  return make(inner === undefined ? [] : inner.split(',').map((one) => one.trim()));
}

function isNumber(value: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value);
}

function isWhole(value: string): boolean {
  return /^[+-]?\d+$/.test(value);
}

function whole(text: string | undefined): number {
  return Number(text);
}

/** Its last segment has a dot in it, and something behind that. */
function isFile(value: string): boolean {
  return /\.[^./]+$/.test(value);
}
