import { invalidInput } from 'skein';
import { compile, type Integral, integrate } from 'skein/numeric';
import { z } from 'zod';
import { refusedField } from './refused-field.ts';

const bound = z.union([z.number(), z.literal(['inf', '-inf'])], {
  error: 'expected a finite number, "inf" or "-inf"',
});

const request = z.strictObject({
  f: z.string(),
  variables: z.record(z.string(), z.tuple([bound, bound])),
  relTol: z.number().optional(),
  absTol: z.number().optional(),
  breakpoints: z.array(z.number()).max(100).optional(),
});

/** JSON has no word for infinity or "not a number": `value` and `error` are null there. */
export interface Answer {
  readonly value: number | null;
  readonly error: number | null;
  readonly evaluations: number;
  readonly converged: boolean;
}

/** Evaluations that one request may spend, fewer for a long expression, so that it holds the process for about a second. */
const MOST_EVALUATIONS = 1_500_000;
const MOST_WORK = 50_000_000;

/**
 * The integral of a user's own expression, from a parsed JSON body.
 *
 * @throws InvalidInput naming the field
 */
export function own(body: unknown): Answer {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw refusal(parsed.error.issues[0]!);
  const { f, variables, ...options } = parsed.data;
  // Of the body itself: a record drops what it finds dangerous, such as `__proto__`.
  const names = Object.keys((body as { variables: object }).variables);
  const [name] = names;
  const bounds = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (name === undefined || bounds === undefined || names.length > 1)
    throw invalidInput(`variables: exactly one variable is supported for now, got ${names.length}`, 'variables');
  const [lower, upper] = bounds;
  const compiled = compile(f, [name]);
  const maxEvaluations = Math.ceil(Math.min(MOST_EVALUATIONS, MOST_WORK / compiled.cost));
  try {
    return toAnswer(integrate(compiled, toNumber(lower), toNumber(upper), { ...defined(options), maxEvaluations }));
  } catch (thrown) {
    throw renamed(thrown, { a: `variables.${name}.0`, b: `variables.${name}.1` });
  }
}

function toNumber(given: number | 'inf' | '-inf'): number {
  return given === 'inf' ? Infinity : given === '-inf' ? -Infinity : given;
}

function toAnswer({ value, error, evaluations, converged }: Integral): Answer {
  const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
  return { value: finite(value), error: finite(error), evaluations, converged };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** A refusal with the names that this request uses for the two bounds. */
function renamed(thrown: unknown, names: Readonly<Record<string, string>>): unknown {
  const name = names[refusedField(thrown) ?? ''];
  return name === undefined ? thrown : invalidInput((thrown as Error).message.replace(/^\w+/, name), name);
}

function refusal(issue: z.core.$ZodIssue): Error {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...issue.path, ...unknown].map(String).join('.').slice(0, 100) || 'body';
  return invalidInput(
    unknown.length > 0 ? `${field} is not a field of this request` : `${field}: ${issue.message}`,
    field,
  );
}
