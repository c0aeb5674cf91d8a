import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Json } from '../json.ts';
import { type Clients, CONTEXT, type Uses, wrongUses } from '../resources/access.ts';
import { refuse } from './diagnostic.ts';
import type { Retry } from './ir.ts';
import { toExpr } from './literal.ts';
import { errorName, stepName } from './names.ts';
import { checkedOptions, wholeNumber } from './options.ts';
import { makeRef } from './ref.ts';
import { RETRY_BOUNDS, type RetryOptions } from './retry.ts';
import { isSchema } from './schema.ts';
import { freshId, needScope, useStep } from './tracer.ts';
import type { Arg, Large, Ref } from './types.ts';

/** What a step's code gets beside its input and the clients that `uses` names. */
export interface StepContext {
  /** The run's id. */
  readonly run: string;
  /** `run/node[/indices]`: the same on every attempt and in every room. */
  readonly idempotencyKey: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted on a timeout, when the run is cancelled, when a sibling failed, and when the process stops. */
  readonly signal: AbortSignal;
  /** One JSON line, with the run and the step in it. */
  log(message: string, fields?: Readonly<Record<string, Json>>): void;
}

export interface StepDefinition {
  readonly name: string;
  readonly description: string | undefined;
  readonly input: StandardSchemaV1 | undefined;
  readonly output: StandardSchemaV1 | undefined;
  readonly large: boolean;
  readonly retry: Retry | undefined;
  readonly timeout: number | undefined;
  readonly isolate: 'cpu' | undefined;
  readonly uses: Uses;
  readonly run: (input: never, context: never) => unknown;
}

export interface StepOptions<I extends StandardSchemaV1, O, U extends Uses, R> {
  readonly description?: string;
  readonly input?: I;
  /** A schema, or `large(schema)` where the value may exceed a provider's payload limit. */
  readonly output?: O;
  readonly retry?: RetryOptions;
  /** Seconds that one attempt may take; then it fails with `Timeout`. */
  readonly timeout?: number;
  /** `'cpu'`: the code computes long and wants a thread of its own where the room has threads. */
  readonly isolate?: 'cpu';
  readonly uses?: U;
  readonly run: (input: StandardSchemaV1.InferOutput<I>, context: StepContext & Clients<U>) => R;
}

/** Called inside a workflow's `run` it records a node and returns a Ref of the output. */
export interface Step<I = unknown, O = unknown> {
  (input: Arg<I>): Ref<O>;
  readonly definition: StepDefinition;
}

export interface LargeSchema<S extends StandardSchemaV1 = StandardSchemaV1> {
  readonly large: S;
}

/**
 * Marks a step's output as one that may be large: it then travels by reference through the room's own bucket, and the
 * workflow can only pass it whole to other steps.
 */
export function large<S extends StandardSchemaV1>(schema: S): LargeSchema<S> {
  if (!isSchema(schema)) refuse('SK119', 'large(…)', 'it wants a Standard Schema');
  return Object.freeze({ large: schema });
}

type OutputOf<O, R> =
  O extends LargeSchema<infer S>
    ? Large<StandardSchemaV1.InferOutput<S>>
    : O extends StandardSchemaV1
      ? StandardSchemaV1.InferOutput<O>
      : Awaited<R>;

const OPTIONS = ['description', 'input', 'output', 'retry', 'timeout', 'isolate', 'uses', 'run'];

/**
 * Declares a step: code that runs at least once for each call, and whose first recorded result stands.
 *
 * @throws DefinitionError (SK119, SK121) naming the option that is wrong.
 */
export function step<
  I extends StandardSchemaV1,
  const O extends StandardSchemaV1 | LargeSchema | undefined = undefined,
  // biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
  U extends Uses = {},
  R = unknown,
>(name: string, options: StepOptions<I, O, U, R>): Step<StandardSchemaV1.InferInput<I>, OutputOf<O, R>> {
  const definition = define(name, options as unknown as AnyOptions);
  const call = (input: unknown): Ref<unknown> => {
    const scope = needScope(`step ${name}`);
    useStep(scope, definition);
    const expr = toExpr(input);
    const id = freshId(scope, name.replace(/[^A-Za-z0-9_-]/g, '_'));
    scope.nodes.push({
      kind: 'task',
      id,
      step: name,
      input: expr,
      ...(definition.retry && { retry: definition.retry }),
      ...(definition.timeout !== undefined && { timeout: definition.timeout }),
      ...(definition.large && { large: true }),
      reads: [],
    });
    return makeRef({ ref: id });
  };
  return Object.freeze(Object.assign(call, { definition })) as Step<StandardSchemaV1.InferInput<I>, OutputOf<O, R>>;
}

type AnyOptions = Omit<StepOptions<StandardSchemaV1, unknown, Uses, unknown>, 'run'> & Pick<StepDefinition, 'run'>;

function define(name: string, options: AnyOptions): StepDefinition {
  const where = `step '${String(name)}'`;
  if (!stepName(name)) refuse('SK121', where, 'letters, digits, _ . - and blanks, at most 80, and not a reserved word');
  checkedOptions(where, options, OPTIONS);
  const { description, input, output, retry, timeout, isolate, uses, run } = options;
  if (typeof run !== 'function') refuse('SK119', where, '`run` must be a function');
  if (input !== undefined && !isSchema(input)) refuse('SK119', where, '`input` must be a Standard Schema');
  const isLarge = output !== null && typeof output === 'object' && 'large' in output;
  const schema = isLarge ? output.large : output;
  if (schema !== undefined && !isSchema(schema))
    refuse('SK119', where, '`output` must be a Standard Schema or large(…)');
  if (isolate !== undefined && isolate !== 'cpu') refuse('SK119', where, "`isolate` can only be 'cpu'");
  const wrong = uses && wrongUses(uses, CONTEXT);
  if (wrong !== undefined) refuse('SK119', where, wrong);
  return Object.freeze({
    name,
    description,
    input,
    output: schema,
    large: isLarge,
    retry: retry && checkedRetry(`${where} retry`, retry),
    timeout: timeout === undefined ? undefined : wholeNumber(`${where} timeout`, timeout, 1, RETRY_BOUNDS.cap),
    isolate,
    uses: Object.freeze({ ...uses }),
    run,
  });
}

function checkedRetry(where: string, retry: RetryOptions): Retry {
  checkedOptions(where, retry, ['attempts', 'seconds', 'rate', 'cap', 'on', 'not']);
  const { attempts, seconds = 1, rate = 2, cap = 300, on, not } = retry;
  if (typeof rate !== 'number' || !(rate >= 1 && rate <= RETRY_BOUNDS.rate))
    refuse('SK119', where, `rate must be a number from 1 to ${RETRY_BOUNDS.rate}, not ${String(rate)}`);
  for (const names of [on, not])
    if (names !== undefined && !(Array.isArray(names) && names.every(errorName)))
      refuse('SK119', where, '`on` and `not` must be lists of error names');
  return Object.freeze({
    attempts: wholeNumber(`${where} attempts`, attempts, 1, RETRY_BOUNDS.attempts),
    seconds: wholeNumber(`${where} seconds`, seconds, 1, RETRY_BOUNDS.seconds),
    rate,
    cap: wholeNumber(`${where} cap`, cap, 1, RETRY_BOUNDS.cap),
    ...(on && { on }),
    ...(not && { not }),
  });
}
