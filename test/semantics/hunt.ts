import { expect, test } from 'vitest';
import { tryClause } from '../conformance/semantics/clause.ts';
import { clauses } from '../conformance/semantics/semantics-suite.ts';
import type { Case } from './case.ts';
import { type Subject, tryCases } from './fuzz.ts';
import type { Patch } from './planted-core.ts';

/** A bug to plant, and who finds it: the random workflows, or a clause where it says so. */
export interface Bug extends Patch {
  readonly name: string;
  readonly clause?: { readonly number: number; readonly title: string };
}

export interface Hunt {
  /** What the bugs are planted in a copy of. */
  readonly what: string;
  readonly bugs: readonly Bug[];
  readonly sample: readonly Case[];
  /** Cases that a copy without a bug is tried with. @default all of the sample */
  readonly innocent?: number;
  /** Cases tried at once. @default 8 */
  readonly atOnce?: number;
  plant(patch?: Patch): Promise<Subject & { remove(): void }>;
}

const BATCH = 50;

/** One test for each bug, which must be found, and one for a copy without any, in which nothing may be. */
export function hunt({ what, bugs, sample, innocent = sample.length, atOnce, plant }: Hunt): void {
  /** How many cases it takes to find something wrong. */
  const casesToFind = async (subject: Subject, most = sample.length): Promise<number | undefined> => {
    for (let start = 0; start < most; start += BATCH) {
      const tried = await tryCases(subject, sample.slice(start, start + BATCH), atOnce);
      const index = tried.findIndex((one) => one?.wrong !== undefined);
      if (index >= 0) return start + index + 1;
    }
    return undefined;
  };

  test(`a copy of ${what} without a bug passes`, async () => {
    const subject = await plant();
    try {
      expect(await casesToFind(subject, innocent)).toBeUndefined();
      for (const { clause } of bugs) if (clause !== undefined) await tryClause(named(clause), subject);
    } finally {
      subject.remove();
    }
  });

  for (const { name, clause, ...patch } of bugs)
    test(`found: ${name}`, async () => {
      const subject = await plant(patch);
      try {
        if (clause === undefined) {
          const count = await casesToFind(subject);
          console.log(`${name}: found after ${count} cases`);
          expect(count).toBeDefined();
        } else await expect(tryClause(named(clause), subject)).rejects.toThrow();
      } finally {
        subject.remove();
      }
    });
}

function named({ number, title }: { number: number; title: string }) {
  const found = clauses.find((one) => one.number === number && one.title === title);
  return found ?? expect.fail(`no clause ${number}: ${title}`);
}
