import { SetupError } from '../../../core/setup-error.ts';
import { type Constraint, constraintOf } from './route-constraint.ts';

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly otherwise: string | undefined;
  readonly constraints: readonly Constraint[];
}
type Part = string | Parameter;
/** One part, or several without a slash between them, as in `{name}.{ending?}`. */
type Segment = readonly Part[];

/** A route template of ASP.NET: https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates */
export interface Route {
  readonly template: string;
  /** Among routes that match, the one with the least is taken: literals before parameters, these before `{*rest}`. */
  readonly precedence: string;
  /** The route parameters, or `undefined` where the path is another one. @param path decoded segments */
  match(path: readonly string[]): Readonly<Record<string, string>> | undefined;
}

/** @throws SetupError naming the template. */
export function parseRoute(template: string): Route {
  const segments = split(template.replace(/^~?\//, '').replace(/\/$/, ''), '/').map((text) => partsOf(text, template));
  return {
    template,
    precedence: segments.map(digit).join(''),
    match: (path) => matched(segments, path),
  };
}

/**
 * The decoded segments of a path; `%2F` stays as it is, as in Azure's front.
 *
 * `undefined` where an escape is none.
 */
export function segmentsOf(pathname: string): readonly string[] | undefined {
  try {
    const parts = pathname.split('/').slice(1);
    if (parts.at(-1) === '') parts.pop();
    return parts.map((part) => part.split(/%2f/i).map(decodeURIComponent).join('%2F'));
  } catch {
    return undefined;
  }
}

/** https://github.com/dotnet/aspnetcore/blob/main/src/Http/Routing/src/Template/RoutePrecedence.cs */
function digit(segment: Segment): string {
  const [part] = segment;
  if (segment.length > 1) return '2';
  if (part === undefined || typeof part === 'string') return '1';
  return String((part.rest ? 5 : 3) - (part.constraints.length > 0 ? 1 : 0));
}

/** Cuts at a character that stands outside of braces. */
function split(text: string, at: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === at && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

function partsOf(text: string, template: string): Segment {
  const parts: Part[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two === '{{' || two === '}}') {
      literal += two[0];
      at++;
    } else if (text[at] === '{') {
      const end = closing(text, at, template);
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(parameterOf(text.slice(at + 1, end), template));
      at = end;
    } else literal += text[at];
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** Braces inside of a parameter are doubled, as in `{code:regex(^\d{{3}}$)}`. */
function closing(text: string, start: number, template: string): number {
  for (let at = start + 1; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two === '{{' || (two === '}}' && text.slice(at + 2).includes('}'))) at++;
    else if (text[at] === '}') return at;
  }
  throw new SetupError(`route: ${JSON.stringify(template)} has a { without its }`);
}

function parameterOf(inner: string, template: string): Parameter {
  const text = inner.replaceAll('{{', '{').replaceAll('}}', '}');
  const [, stars = '', name = '', policies = '', otherwise, question] =
    /^(\*{0,2})([^:=?*]+)((?::(?:[^:=?(]+(?:\([\s\S]*?\)(?=[:=?]|$))?))*)(?:=([^?]*))?(\?)?$/.exec(text) ?? [];
  if (name === '')
    throw new SetupError(`route: ${JSON.stringify(template)} has a parameter that cannot be read: {${inner}}`);
  const found = [...policies.matchAll(/:([^:(]+(?:\([\s\S]*?\)(?=:|$))?)/g)].map(([, one = '']) => one);
  return {
    name,
    rest: stars !== '',
    optional: question !== undefined || otherwise !== undefined || stars !== '',
    otherwise,
    constraints: found.map((one) => constraintOf(one, template)),
  };
}

type Values = Record<string, string>;

function matched(segments: readonly Segment[], path: readonly string[]): Values | undefined {
  const values: Values = {};
  for (const [index, segment] of segments.entries()) {
    const [first] = segment;
    const text = path[index];
    if (segment.length === 1 && typeof first === 'object') {
      const given = first.rest ? path.slice(index).join('/') : text;
      if (!take(first, given, values)) return undefined;
      if (first.rest) return values;
    } else if (text === undefined || !inOne(segment, text, values)) return undefined;
  }
  return path.length > segments.length ? undefined : values;
}

function take(parameter: Parameter, given: string | undefined, values: Values): boolean {
  const value = given === undefined || given === '' ? parameter.otherwise : given;
  if (value === undefined || value === '') return parameter.optional;
  values[parameter.name] = value;
  return parameter.constraints.every((holds) => holds(value));
}

/** Several parts without a slash between them: each parameter takes as much as it can, as in ASP.NET. */
function inOne(segment: Segment, text: string, values: Values): boolean {
  const last = segment.at(-1);
  // In `{name}.{ending?}` the dot goes with the ending.
  const shorter = typeof last === 'object' && last.optional ? segment.slice(0, -2) : undefined;
  for (const parts of shorter === undefined ? [segment] : [segment, shorter]) {
    const source = parts.map((part) => (typeof part === 'string' ? escaped(part) : '(.+)'));
    const found = new RegExp(`^${source.join('')}$`, 'i').exec(text);
    const parameters = parts.filter((part) => typeof part === 'object');
    if (found?.slice(1).every((value, index) => take(parameters[index]!, value, values))) return true;
  }
  return false;
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
