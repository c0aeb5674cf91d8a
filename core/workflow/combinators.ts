import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Json } from '../json.ts';
import { block, push } from './block.ts';
import { CAPS } from './caps.ts';
import { toCond } from './condition.ts';
import { inlined } from './inline.ts';
import type { Expr } from './ir.ts';
import { toExpr } from './literal.ts';
import { errorName, plainName } from './names.ts';
import { checkedOptions, wholeNumber } from './options.ts';
import { makeRef } from './ref.ts';
import { RETRY_BOUNDS } from './retry.ts';
import { isSchema } from './schema.ts';
import { freshId, needScope, type Scope, stop, useEvent, useStep, within } from './tracer.ts';
import type { Arg, Item, List, Out, Ref, Test } from './types.ts';
import type { Workflow } from './workflow.ts';

type Thunk<T> = () => T;

/** The error that a rescue sees. */
export interface CaughtError {
  readonly name: string;
  readonly message: string;
  readonly data: Json;
}

/**
 * Runs `body` for each item and gives the results in the items' order.
 *
 * When an item fails, no more items are started and the whole map fails with that error.
 */
export function map<A extends List, R>(
  items: A,
  body: (item: Ref<Item<A>>, index: Ref<number>) => R,
  options: {
    /** Items worked on at once. @default 40 */
    readonly concurrency?: number;
    /** Many items: in a room that can, each is an execution of its own. @default false */
    readonly wide?: boolean;
  } = {},
): Ref<Out<R>[]> {
  const scope = needScope('map');
  checkedOptions('map', options, ['concurrency', 'wide']);
  const { concurrency, wide } = options;
  if (wide !== undefined && typeof wide !== 'boolean') stop('SK119', 'map: `wide` must be a boolean');
  const list = toExpr(items);
  const id = freshId(scope, 'map');
  return push(scope, {
    kind: 'map',
    id,
    items: list,
    body: block(scope, id, body, `${id}.item`, `${id}.index`),
    ...(concurrency !== undefined && {
      concurrency: wholeNumber('map concurrency', concurrency, 1, CAPS.concurrency),
    }),
    ...(wide && { wide: true as const }),
  });
}

/** Runs the branches side by side; the results come in the branches' order. */
export function parallel<B extends readonly Thunk<unknown>[]>(
  ...branches: B
): { [K in keyof B]: B[K] extends Thunk<infer R> ? Ref<Out<R>> : never } {
  const scope = needScope('parallel');
  const id = freshId(scope, 'parallel');
  push(scope, { kind: 'parallel', id, branches: branches.map((branch, i) => block(scope, `${id}[${i}]`, branch)) });
  return branches.map((_, index) => makeRef({ ref: id, path: [index] })) as never;
}

/** The first case whose condition is true, else `otherwise`. */
export function choose<const C extends readonly (readonly [test: Test, then: Thunk<unknown>])[], E = null>(
  cases: C,
  otherwise?: Thunk<E>,
): Ref<Out<ReturnType<C[number][1]>> | Out<E>> {
  const scope = needScope('choose');
  if (!Array.isArray(cases) || cases.length === 0) stop('SK119', 'choose wants a list of [condition, () => …]');
  const id = freshId(scope, 'choose');
  const traced = cases.map((one: unknown, i) => {
    if (!Array.isArray(one) || one.length !== 2) return stop('SK119', `${id}[${i}] wants to be [condition, () => …]`);
    return { if: toCond(one[0]), then: block(scope, `${id}[${i}]`, one[1]) };
  });
  return push(scope, {
    kind: 'choose',
    id,
    cases: traced,
    else: block(scope, `${id}.else`, otherwise ?? (() => null)),
  });
}

/** `then` where the condition is true, else `otherwise` (null where there is none). */
export function when<A, B = null>(test: Test, then: Thunk<A>, otherwise?: Thunk<B>): Ref<Out<A> | Out<B>> {
  return choose([[test, then]], otherwise);
}

/**
 * Runs `body`; where it fails with an error that `on` names, the result is that of `rescue`.
 *
 * `MissingValue` of the workflow itself cannot be caught: no engine can.
 */
export function attempt<A, B>(
  body: Thunk<A>,
  rescue: (error: Ref<CaughtError>) => B,
  options: {
    /** Only errors of these names. @default all */
    readonly on?: readonly string[];
  } = {},
): Ref<Out<A> | Out<B>> {
  const scope = needScope('attempt');
  checkedOptions('attempt', options, ['on']);
  const { on } = options;
  if (on !== undefined && !(Array.isArray(on) && on.every(errorName)))
    stop('SK119', 'attempt: `on` must be a list of error names');
  const id = freshId(scope, 'attempt');
  return push(scope, {
    kind: 'attempt',
    id,
    body: block(scope, id, body),
    ...(on && { on }),
    rescue: block(scope, `${id}.rescue`, rescue, `${id}.error`),
  });
}

/**
 * One stage of a saga: runs `action`, then `rest`; where `rest` fails, runs `undo` and raises the same error again.
 *
 * Nest them: the stages are undone in the opposite order of their actions.
 */
export function compensate<A, B>(
  action: Thunk<A>,
  undo: (done: A, error: Ref<CaughtError>) => unknown,
  rest: (done: A) => B,
): Ref<Out<B>> {
  needScope('compensate');
  for (const part of [action, undo, rest])
    if (typeof part !== 'function') stop('SK119', 'compensate wants three functions: action, undo, rest');
  const done = action();
  return attempt(
    () => rest(done),
    (error) => {
      undo(done, error);
      raise(toExpr(error.name), toExpr(error.message), toExpr(error.data));
      return null;
    },
  ) as Ref<Out<B>>;
}

/** Waits: whole seconds, a minimum, rounded up. */
export function sleep(seconds: Arg<number>): void {
  const scope = needScope('sleep');
  if (typeof seconds === 'number') wholeNumber('sleep seconds', Math.ceil(seconds), 0, RETRY_BOUNDS.cap);
  push(scope, { kind: 'sleep', id: freshId(scope, 'sleep'), seconds: toExpr(seconds) });
}

/**
 * Waits for an event that somebody sends to this run. One that came early was kept; each is consumed once, oldest first.
 *
 * @throws `Timeout` in the workflow, where none came within `timeout` seconds.
 */
export function waitFor<T = Json>(
  event: string,
  options: {
    /** Whole seconds. @default none */
    readonly timeout?: number;
    /** What the event's data must be: a sender of anything else is refused. */
    readonly schema?: StandardSchemaV1<unknown, T>;
  } = {},
): Ref<T> {
  const scope = needScope('waitFor');
  checkedOptions('waitFor', options, ['timeout', 'schema']);
  const { timeout, schema } = options;
  if (!plainName(event)) stop('SK119', `waitFor: the event's name ${JSON.stringify(event)}`);
  if (schema !== undefined) {
    if (!isSchema(schema)) stop('SK119', 'waitFor: `schema` must be a Standard Schema');
    useEvent(scope, event, schema);
  }
  return push(scope, {
    kind: 'waitFor',
    id: freshId(scope, 'waitFor'),
    event,
    ...(timeout !== undefined && { timeout: wholeNumber('waitFor timeout', timeout, 1, RETRY_BOUNDS.cap) }),
    reads: [],
  });
}

/** Runs `body` on a state until `until` is true of what it returned, at most `max` times; gives the last state. */
export function repeat<A>(
  init: A,
  body: (state: Ref<Out<A>>, index: Ref<number>) => Arg<Out<A>>,
  options: {
    readonly until: (state: Ref<Out<A>>, index: Ref<number>) => Test;
    /** 1 to 10,000: a loop without an end is no workflow that any engine finishes. */
    readonly max: number;
  },
): Ref<Out<A>> {
  const scope = needScope('repeat');
  checkedOptions('repeat', options, ['until', 'max']);
  const start = toExpr(init);
  const id = freshId(scope, 'repeat');
  if (typeof options.until !== 'function') stop('SK119', `${id}: \`until\` must be a function`);
  const traced = block(scope, id, body, `${id}.state`, `${id}.index`);
  const inner: Scope = { nodes: [], up: scope, owner: `${id}.until`, tracing: scope.tracing };
  const until = within(inner, () => {
    const cond = toCond(options.until(makeRef({ ref: `${id}.state` }), makeRef({ ref: `${id}.index` })));
    if (inner.nodes.length > 0) stop('SK118', inner.nodes.map((node) => node.id).join(', '));
    return cond;
  });
  const max = wholeNumber('repeat max', options.max, 1, CAPS.repeats);
  return push(scope, { kind: 'repeat', id, init: start, body: traced, until, max });
}

/** Runs another workflow as a part of this one: a scope of the same run. */
export function run<I, O>(workflow: Workflow<I, O>, input: Arg<NoInfer<I>>): Ref<O> {
  const scope = needScope('run');
  if (workflow?.kind !== 'workflow') stop('SK119', 'run wants a workflow');
  for (const definition of workflow.steps.values()) useStep(scope, definition);
  for (const [event, schema] of workflow.events) useEvent(scope, event, schema);
  const expr = toExpr(input);
  const id = freshId(scope, workflow.name);
  const body = inlined(workflow.ir.body, `${id}.in`, (base) => freshId(scope, base));
  return push(scope, { kind: 'run', id, workflow: workflow.name, input: expr, body });
}

/** Fails: the nearest `attempt` that catches this name goes on, or else the run ends with it. */
export function fail(error: string, message: Arg<string> = '', data?: unknown): void {
  if (!errorName(error)) stop('SK119', `fail: the error's name ${JSON.stringify(error)}`);
  raise(error, toExpr(message), data === undefined ? undefined : toExpr(data));
}

function raise(error: string | Expr, message: Expr, data: Expr | undefined): void {
  const scope = needScope('fail');
  push(scope, { kind: 'fail', id: freshId(scope, 'fail'), error, message, ...(data && { data }) });
}
