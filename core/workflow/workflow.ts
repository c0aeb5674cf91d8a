import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Access, grant, type Resource } from '../resources/access.ts';
import { checked } from './check.ts';
import { refuse } from './diagnostic.ts';
import type { WorkflowIR } from './ir.ts';
import { toExpr } from './literal.ts';
import { plainName } from './names.ts';
import { checkedOptions } from './options.ts';
import { withReads } from './reads.ts';
import { makeRef } from './ref.ts';
import type { RunReader, RunStarter } from './runs.ts';
import { isSchema } from './schema.ts';
import type { StepDefinition } from './step.ts';
import { type Scope, scopeNow, stop, type Tracing, within } from './tracer.ts';
import type { Out, Ref } from './types.ts';

declare const types: unique symbol;

/** A workflow: its description as data, and the code of its steps by name. */
export interface Workflow<I = unknown, O = unknown> {
  readonly kind: 'workflow';
  readonly name: string;
  readonly description: string;
  readonly ir: WorkflowIR;
  readonly input: StandardSchemaV1 | undefined;
  readonly steps: ReadonlyMap<string, StepDefinition>;
  readonly events: ReadonlyMap<string, StandardSchemaV1>;
  /** Whether anybody may start it; else the admin key is needed. */
  readonly public: boolean;
  readonly start: Access<RunStarter<I>>;
  readonly read: Access<RunReader>;
  readonly all: Access<RunStarter<I> & RunReader>;
  readonly [types]?: { input: I; output: O };
}

export interface WorkflowOptions<I extends StandardSchemaV1, R> {
  readonly description?: string;
  readonly input?: I;
  /** @default false */
  readonly public?: boolean;
  /** Called once, now, with a Ref of the input; what it records is the workflow. */
  readonly run: (input: Ref<StandardSchemaV1.InferOutput<I>>) => R;
}

const OPTIONS = ['description', 'input', 'public', 'run'];

/**
 * Declares a workflow by tracing `run` once.
 *
 * @throws DefinitionError with a numbered diagnostic and its remedy.
 */
export function workflow<I extends StandardSchemaV1, R>(
  name: string,
  options: WorkflowOptions<I, R>,
): Workflow<StandardSchemaV1.InferInput<I>, Out<R>> {
  const where = `workflow '${String(name)}'`;
  if (!plainName(name)) refuse('SK121', where, 'letters, digits, _ and -, at most 80, and not a reserved word');
  if (scopeNow() !== undefined) stop('SK119', `${where} is declared inside the run of another; use run(child, input)`);
  checkedOptions(where, options, OPTIONS);
  const { description, input, run } = options;
  if (typeof run !== 'function') refuse('SK119', where, '`run` must be a function');
  if (input !== undefined && !isSchema(input)) refuse('SK119', where, '`input` must be a Standard Schema');
  if (options.public !== undefined && typeof options.public !== 'boolean')
    refuse('SK119', where, '`public` must be a boolean');

  const tracing: Tracing = { ids: new Set(), steps: new Map(), events: new Map(), idle: new Map() };
  const scope: Scope = { nodes: [], up: undefined, owner: `'${name}'`, tracing };
  const out = within(scope, () => {
    const expr = toExpr(run(makeRef({ ref: 'in' })));
    if (tracing.idle.size > 0) stop('SK120', [...tracing.idle.values()].join(', '));
    return expr;
  });
  return makeWorkflow({
    ir: withReads({ ir: 1, name, ...(description && { description }), body: { nodes: scope.nodes, out } }),
    input,
    public: options.public ?? false,
    steps: tracing.steps,
    events: tracing.events,
  });
}

type Parts = Pick<Workflow, 'ir' | 'input' | 'public' | 'steps' | 'events'>;

/** Puts a checked workflow together; `workflow` and `fromIR` both end here. */
export function makeWorkflow<I, O>(parts: Parts): Workflow<I, O> {
  const ir = deepFreeze(checked(parts.ir));
  const resource: Resource = { kind: 'workflow', name: ir.name };
  return Object.freeze({
    ...parts,
    ir,
    kind: 'workflow' as const,
    name: ir.name,
    description: ir.description ?? '',
    start: grant<RunStarter<I>>(resource, 'write', ['start']),
    read: grant<RunReader>(resource, 'read', ['status', 'statusUrl']),
    all: grant<RunStarter<I> & RunReader>(resource, 'all', ['start', 'status', 'statusUrl']),
  });
}

/** The workflow as plain JSON, of the caller's own. */
export function toIR(workflow: Workflow): WorkflowIR {
  return structuredClone(workflow.ir);
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
