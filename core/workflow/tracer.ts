import type { StandardSchemaV1 } from '@standard-schema/spec';
import { toErrorValue } from '../error.ts';
import { CAPS } from './caps.ts';
import { type DiagnosticCode, refuse } from './diagnostic.ts';
import type { Node } from './ir.ts';
import { short } from './spell.ts';
import type { StepDefinition } from './step.ts';

/** One block being traced. */
export interface Scope {
  readonly nodes: Node[];
  readonly up: Scope | undefined;
  /** The node that the block belongs to; the workflow's name at the top. */
  readonly owner: string;
  readonly tracing: Tracing;
}

/** One workflow being traced. */
export interface Tracing {
  readonly ids: Set<string>;
  readonly steps: Map<string, StepDefinition>;
  readonly events: Map<string, StandardSchemaV1>;
  /** Property reads and conditions that nobody has consumed yet, with the words for them. */
  readonly idle: Map<object, string>;
}

let current: Scope | undefined;

export function here(): string {
  if (current === undefined) return 'no workflow';
  const owners: string[] = [];
  for (let scope: Scope | undefined = current; scope; scope = scope.up) owners.unshift(scope.owner);
  return `workflow ${owners.join(' > ')}`;
}

export function stop(code: DiagnosticCode, detail: string): never {
  return refuse(code, here(), detail);
}

export function scopeNow(): Scope | undefined {
  return current;
}

export function needScope(what: string): Scope {
  return current ?? stop('SK116', what);
}

/** Traces one block: `body` runs inside a scope of its own, which ends with it. */
export function within<T>(scope: Scope, body: () => T): T {
  const before = current;
  current = scope;
  try {
    return body();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : stop('SK122', spellThrown(thrown));
  } finally {
    current = before;
  }
}

function spellThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return JSON.stringify(short(thrown));
  if (thrown === null || (typeof thrown !== 'object' && typeof thrown !== 'function')) return String(thrown);
  return typeof thrown === 'function'
    ? 'a function or a Ref'
    : `an object, ${short(JSON.stringify(toErrorValue(thrown)), 200)}`;
}

/** More of them than this are not oversights but a loop that will not end, such as `while (input.flag)`. */
const IDLE_LIMIT = 10_000;

/** Registers a Ref or a condition that somebody must use: an `if` that looks at it sees an object, not its value. */
export function expectUse(handle: object, words: string): void {
  if (current === undefined) return;
  const { idle } = current.tracing;
  idle.set(handle, current.up === undefined ? words : `${words} (in ${current.owner})`);
  if (idle.size > IDLE_LIMIT) stopIdle(idle);
}

export function consume(handle: object): void {
  current?.tracing.idle.delete(handle);
}

function stopIdle(idle: ReadonlyMap<object, string>): never {
  const words = [...new Set(idle.values())];
  return stop('SK120', `${words.slice(0, 5).join(', ')}${words.length > 5 ? ', …' : ''}`);
}

/** Long enough to tell steps apart, and short enough that a number still fits into an id's 80 characters. */
const ID_BASE = 72;

/** An id that nothing in the workflow has: the base, or the base and a number. */
export function freshId(scope: Scope, base: string): string {
  const { ids, idle } = scope.tracing;
  // `while (gt(…)) step()` never ends by itself.
  if (ids.size >= CAPS.nodes)
    idle.size > 0 ? stopIdle(idle) : stop('SK303', `more than ${CAPS.nodes} nodes were recorded`);
  const stem = base.slice(0, ID_BASE);
  let id = stem;
  for (let count = 2; ids.has(id); count++) id = `${stem}-${count}`;
  ids.add(id);
  return id;
}

/** Remembers a step by name; one name means one definition. */
export function useStep(scope: Scope, definition: StepDefinition): void {
  const { steps } = scope.tracing;
  const known = steps.get(definition.name);
  if (known !== undefined && known !== definition) stop('SK121', `two steps are called '${definition.name}'`);
  steps.set(definition.name, definition);
}

/** Remembers an event's schema by the event's name; the same goes for it. */
export function useEvent(scope: Scope, event: string, schema: StandardSchemaV1): void {
  const { events } = scope.tracing;
  const known = events.get(event);
  if (known !== undefined && known !== schema) stop('SK121', `two schemas are given for the event '${event}'`);
  events.set(event, schema);
}
