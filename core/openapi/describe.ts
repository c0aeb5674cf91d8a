import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Env, MiddlewareHandler } from 'hono';
import type { RouterRoute } from 'hono/types';
import { findTargetHandler } from 'hono/utils/handler';
import type { InferInput } from 'hono/validator';
import { readJson } from '../http/body.ts';
import { checkedOptionNames } from '../resources/name.ts';
import { isSchema, parseInput } from '../workflow/schema.ts';

type Schema = StandardSchemaV1;

export interface ResponseDescription {
  readonly description: string;
  /** Of the JSON that is answered. It is written down, and not checked. */
  readonly schema?: Schema;
}

export interface DescribeOptions<P = Schema, Q = Schema, B = Schema> {
  /** A few words. */
  readonly summary: string;
  readonly description?: string;
  /** Headings in the document. @default the app's name */
  readonly tags?: readonly string[];
  /** An object schema of the path's parameters, which are strings: a number is made by the schema, as by `z.coerce`. */
  readonly params?: P;
  /** An object schema of the query: a string each, or a list of them where a name comes twice. */
  readonly query?: Q;
  /** A schema of the body, which is JSON whatever its content type says; an empty body is `{}`. */
  readonly body?: B;
  /** By status. */
  readonly responses?: Readonly<Record<number, ResponseDescription>>;
  /** `false`: the room asks for the admin key first. @default true */
  readonly public?: boolean;
}

type Part<T extends 'param' | 'query' | 'json', S> = S extends Schema ? { [K in T]: S } : unknown;
type Parts<P, Q, B> = Part<'param', P> & Part<'query', Q> & Part<'json', B>;
/** As Hono's own validators have it: what the typed client sends, and what `c.req.valid` gives. */
type Validated<A> = {
  in: {
    [K in keyof A]: A[K] extends Schema
      ? K extends 'param' | 'query'
        ? InferInput<StandardSchemaV1.InferInput<A[K]>, K>
        : StandardSchemaV1.InferInput<A[K]>
      : never;
  };
  out: { [K in keyof A]: A[K] extends Schema ? StandardSchemaV1.InferOutput<A[K]> : never };
};

const OPTIONS = ['summary', 'description', 'tags', 'params', 'query', 'body', 'responses', 'public'];
const SCHEMAS = ['params', 'query', 'body'] as const;
const DESCRIPTION = Symbol.for('skein.description');

/**
 * Says what a route is for, and refuses what does not fit before its handler is called.
 *
 * The handler reads what was parsed by `c.req.valid('param' | 'query' | 'json')`, and Hono's typed client knows it. What is
 * refused is an `InvalidInput` that names the field.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function describe<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  E extends Env = Env,
  Path extends string = string,
>(options: DescribeOptions<P, Q, B>): MiddlewareHandler<E, Path, Validated<Parts<P, Q, B>>> {
  const { params, query, body } = checked(options as DescribeOptions);
  const validate: MiddlewareHandler = async ({ req }, next) => {
    if (params !== undefined) req.addValidatedData('param', await parsed(params, req.param(), 'params'));
    if (query !== undefined) req.addValidatedData('query', await parsed(query, single(req.queries()), 'query'));
    if (body !== undefined) req.addValidatedData('json', await parsed(body, await readJson(req.raw), 'body'));
    await next();
  };
  return Object.assign(validate, { [DESCRIPTION]: Object.freeze({ ...options }) });
}

type Handler = RouterRoute['handler'];

/** What `describe` was told, where the handler is its. */
export function descriptionOf(handler: Handler): DescribeOptions | undefined {
  return (findTargetHandler(handler) as { readonly [DESCRIPTION]?: DescribeOptions })[DESCRIPTION];
}

function checked(options: DescribeOptions): DescribeOptions {
  checkedOptionNames('describe', options, OPTIONS);
  const { summary, responses = {} } = options;
  if (typeof summary !== 'string' || summary === '') throw new TypeError('describe: summary must be a few words');
  const where = `describe '${summary}'`;
  for (const name of SCHEMAS)
    if (options[name] !== undefined && !isSchema(options[name]))
      throw new TypeError(`${where}: ${name} must be a Standard Schema`);
  for (const [status, response] of Object.entries(responses)) {
    if (!/^[1-5]\d\d$/.test(status)) throw new TypeError(`${where}: responses: ${status} is no status`);
    if (typeof response.description !== 'string')
      throw new TypeError(`${where}: responses: ${status} needs a description`);
    if (response.schema !== undefined && !isSchema(response.schema))
      throw new TypeError(`${where}: responses: the schema of ${status} must be a Standard Schema`);
  }
  return options;
}

/** The value as its schema leaves it, which need not be JSON. @throws `InvalidInput` naming the field. */
async function parsed(schema: Schema, value: unknown, what: string): Promise<object> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value as object;
  // Refusals are worded in one place.
  await parseInput({ '~standard': { version: 1, vendor: 'skein', validate: () => result } }, null, what);
  throw new Error('a refused value was taken');
}

function single(queries: Readonly<Record<string, string[]>>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(queries).map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
}
