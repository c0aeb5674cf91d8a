import type { App, Json, StepContext, Workflow } from '../../core/index.ts';
import { turns } from '../conformance/semantics/clause.ts';
import type { Room } from '../conformance/semantics/room.ts';
import { difference } from './agree.ts';
import { type Case, nodesIn } from './case.ts';
import { type Ending, endingsOf } from './reference.ts';
import { simpler } from './simpler.ts';
import { hash, steps } from './steps.ts';

/** The core that is tried: the real one, or a copy with a bug in it. */
export interface Subject {
  app(name: string, options: { workflows: readonly Workflow[] }): App;
  fromIR(ir: unknown, steps: Readonly<Record<string, (input: Json, context: StepContext) => unknown>>): Workflow;
  open(app: App): Promise<Room>;
}

export interface Tried {
  readonly endings: readonly Ending[];
  /** What is wrong, if anything. */
  readonly wrong: string | undefined;
}

/** Calls that no random workflow makes, unless something goes round and round. */
const RUNAWAY = 20_000;

/** Runs cases in one room, a few at a time, and compares each with the reference. */
export async function tryCases(subject: Subject, cases: readonly Case[], atOnce = 8): Promise<(Tried | undefined)[]> {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  let room: Room | undefined;
  let made = 0;
  const define = (one: Case, index: number): Workflow | Error => {
    const gate = Promise.withResolvers<void>();
    gates.set(String(index), gate);
    const code = Object.entries({ ...steps, gate: () => null }).map(([name, pure]) => [
      name,
      async (input: Json, { run, attempt }: StepContext): Promise<unknown> => {
        if (++made > RUNAWAY) await room?.cancel(run).catch(() => undefined);
        if (name === 'gate') await gate.promise;
        await turns(hash([input, name]) % 3);
        return pure(input as never, attempt);
      },
    ]);
    try {
      return subject.fromIR({ ...one.ir, name: `f${index}` }, Object.fromEntries(code));
    } catch (error) {
      return error as Error;
    }
  };
  const workflows = cases.map(define);
  const valid = workflows.filter((one): one is Workflow => !(one instanceof Error));
  room = await subject.open(subject.app('fuzz', { workflows: valid }));
  const results: (Tried | undefined)[] = [];
  const tryOne = async (one: Case, index: number, open: Room): Promise<Tried | undefined> => {
    const workflow = workflows[index];
    if (workflow instanceof Error) return { endings: [], wrong: `refused: ${workflow.message}` };
    const run = `r${index}`;
    const endings = endingsOf({ ...one, run, steps: { ...steps, gate: () => null } });
    if (endings === undefined) return undefined;
    made = 0;
    await open.start(`f${index}`, one.input, { id: run });
    for (const [name, data] of one.events) await open.event(run, name, data);
    gates.get(String(index))?.resolve();
    const outcome = await open.result(run);
    return { endings, wrong: difference(endings, outcome, await open.calls(run)) };
  };
  let next = 0;
  const lane = async (open: Room): Promise<void> => {
    while (next < cases.length) {
      const index = next++;
      results[index] = await tryOne(cases[index] as Case, index, open);
    }
  };
  try {
    const opened = room;
    await Promise.all(Array.from({ length: atOnce }, () => lane(opened)));
  } finally {
    await room.close();
  }
  return results;
}

/** A simpler case that is still wrong, and so on until there is none; with what is wrong with it. */
export async function smallest(subject: Subject, start: Case): Promise<{ found: Case; wrong: string }> {
  let found = start;
  let wrong = '';
  for (let tries = 0, better = true; better && tries < 2_000; ) {
    better = false;
    for (const candidate of simpler(found)) {
      if (++tries > 2_000) break;
      const complaint = await complaintOf(subject, candidate);
      if (complaint === undefined) continue;
      [found, wrong, better] = [candidate, complaint, true];
      break;
    }
  }
  return { found, wrong: wrong || ((await complaintOf(subject, found)) ?? 'it does not happen when run alone') };
}

/** What is wrong with a case that is valid and whose ending the reference knows. */
async function complaintOf(subject: Subject, one: Case): Promise<string | undefined> {
  try {
    endingsOf({ ...one, run: 'r', steps: { ...steps, gate: () => null } });
  } catch {
    return undefined;
  }
  const [tried] = await tryCases(subject, [one]);
  return tried?.wrong?.startsWith('refused: SK') ? undefined : tried?.wrong;
}

/** How often each kind of node stands in the cases. */
export function histogram(cases: readonly Case[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ir } of cases)
    for (const { kind } of nodesIn(ir.body)) counts[kind as string] = (counts[kind as string] ?? 0) + 1;
  return counts;
}
