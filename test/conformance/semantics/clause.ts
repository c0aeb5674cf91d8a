import { expect } from 'vitest';
import { app, fromIR, type Json, type StandardSchemaV1, type StepCode, type Workflow } from '../../../core/index.ts';
import type { Open, Outcome, Reopen, Room, StepCall } from './room.ts';

/** One test of a numbered clause of docs/semantics.md. */
export interface Clause {
  readonly number: number;
  readonly title: string;
  /** `reopen`: a room that can end in the midst of a run and go on later. `clock`: one that tells its own time. */
  readonly needs?: 'reopen' | 'clock';
  check(trial: Trial): Promise<void>;
}

export function clause(number: number, title: string, check: Clause['check'], needs?: Clause['needs']): Clause {
  return { number, title, check, ...(needs !== undefined && { needs }) };
}

export interface Finished {
  readonly id: string;
  readonly room: Room;
  readonly outcome: Outcome;
  readonly calls: readonly StepCall[];
}

/** What a clause gets: rooms that close when it is over. */
export interface Trial {
  open(...workflows: readonly Workflow[]): Promise<Room>;
  reopen(room: Room, ...workflows: readonly Workflow[]): Promise<Room>;
  /** Runs a workflow to its end in a room of its own. */
  run(workflow: Workflow, input?: Json): Promise<Finished>;
  output(workflow: Workflow, input?: Json): Promise<Json>;
  /** The error's name, message and data. */
  error(workflow: Workflow, input?: Json): Promise<{ name: string; message: string; data?: Json }>;
}

export async function tryClause({ check }: Clause, rooms: { open: Open; reopen?: Reopen | undefined }): Promise<void> {
  const opened = new Set<Room>();
  const trial: Trial = {
    async open(...workflows) {
      const room = await rooms.open(app('law', { workflows }));
      opened.add(room);
      return room;
    },
    async reopen(room, ...workflows) {
      if (rooms.reopen === undefined) throw new Error('this room cannot be opened again');
      const next = await rooms.reopen(room, app('law', { workflows }));
      opened.delete(room);
      opened.add(next);
      return next;
    },
    async run(workflow, input = null) {
      const room = await trial.open(workflow);
      await room.start(workflow.name, input, { id: 'r' });
      const outcome = await room.result('r');
      return { id: 'r', room, outcome, calls: await room.calls('r') };
    },
    async output(workflow, input) {
      const { outcome } = await trial.run(workflow, input);
      return 'output' in outcome ? outcome.output : expect.fail(`it failed: ${JSON.stringify(outcome.error)}`);
    },
    async error(workflow, input) {
      const { outcome } = await trial.run(workflow, input);
      return 'error' in outcome ? outcome.error : expect.fail(`it succeeded: ${JSON.stringify(outcome.output)}`);
    },
  };
  try {
    await check(trial);
  } finally {
    for (const room of opened) await room.close();
  }
}

/** A workflow called `law` of IR nodes; an `echo` step is always there. */
export function law(nodes: readonly object[], out: object, steps: Readonly<Record<string, StepCode>> = {}): Workflow {
  return fromIR({ ir: 1, name: 'law', body: { nodes, out } }, { echo: (input) => input, ...steps });
}

export const ref = (name: string, ...path: (string | number)[]): object => ({ ref: name, path });
export const lit = (value: Json): { lit: Json } => ({ lit: value });
export const task = (id: string, step: string, input: object = lit(null), more: object = {}): object => ({
  kind: 'task',
  id,
  step,
  input,
  ...more,
});
/** A block without nodes. */
export const only = (out: object): object => ({ nodes: [], out });
export const block = (...nodes: object[]): object => ({ nodes, out: ref((nodes.at(-1) as { id: string }).id) });

/** A choose that tells whether a condition holds. */
export const asks = (id: string, test: object): object => ({
  kind: 'choose',
  id,
  cases: [{ if: test, then: only(lit(true)) }],
  else: only(lit(false)),
});

/** A promise to be resolved by hand: how a test holds a step without knowing how long anything takes. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

/** Lets whatever is at hand go on. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A schema of records with a number `n`; `by` has a default. */
export const numbered: StandardSchemaV1<{ n: number }, { n: number; by: string }> = {
  '~standard': {
    version: 1,
    vendor: 'law',
    validate: (value) =>
      typeof (value as { n?: unknown } | null)?.n === 'number'
        ? { value: { by: 'default', ...(value as { n: number }) } }
        : { issues: [{ message: 'a number is wanted', path: ['n'] }] },
  },
};
