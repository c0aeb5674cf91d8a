import { describe, test } from 'vitest';
import { type Clause, tryClause } from './clause.ts';
import { errorClauses } from './errors.ts';
import { eventClauses } from './events.ts';
import { fanOutClauses } from './fan-outs.ts';
import { flowClauses } from './flow.ts';
import { retryClauses } from './retries.ts';
import type { Open, Reopen } from './room.ts';
import { runClauses } from './runs.ts';
import { sizeClauses } from './sizes.ts';
import { valueClauses } from './values.ts';

/** Every clause that has a test: docs/semantics.md, clause by clause. */
export const clauses: readonly Clause[] = [
  ...valueClauses,
  ...flowClauses,
  ...errorClauses,
  ...retryClauses,
  ...fanOutClauses,
  ...eventClauses,
  ...runClauses,
  ...sizeClauses,
].sort((a, b) => a.number - b.number);

/** A clause that a room does not keep, and why; its test is then expected to fail. */
export interface Deviation {
  readonly clause: number;
  /** Only the test of this title. @default all tests of the clause */
  readonly title?: string;
  readonly reason: string;
}

export interface SemanticsOptions {
  readonly name: string;
  readonly open: Open;
  /** Absent: what needs it is skipped. */
  readonly reopen?: Reopen;
  /** Whether its rooms have `now`; else what needs it is skipped. @default false */
  readonly clock?: boolean;
  /** @default none */
  readonly deviations?: readonly Deviation[];
}

const LACKS = { reopen: 'nothing outlives this room', clock: 'this room has no clock of its own' } as const;

/** Registers a test for each clause: any workflow gives the same answer and the same error in every room. */
export function semanticsSuite({ name, open, reopen, clock = false, deviations = [] }: SemanticsOptions): void {
  for (const { clause, title } of deviations)
    if (!clauses.some((one) => one.number === clause && (title === undefined || one.title === title)))
      throw new TypeError(`${name}: no clause ${clause} ${title ?? ''} to deviate from`);
  describe(`semantics of ${name}`, () => {
    for (const one of clauses) {
      const title = `clause ${one.number}: ${one.title}`;
      const deviation = deviations.find(
        (each) => each.clause === one.number && (each.title === undefined || each.title === one.title),
      );
      const check = (): Promise<void> => tryClause(one, { open, reopen });
      const lacking =
        one.needs === 'reopen' ? reopen === undefined && LACKS.reopen : one.needs && !clock && LACKS.clock;
      if (lacking) test.skip(`${title} (skipped: ${lacking})`);
      else if (deviation !== undefined) test.fails(`${title} (deviation: ${deviation.reason})`, check);
      else test(title, check);
    }
  });
}
