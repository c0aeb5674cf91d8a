import type { Deviation } from '../conformance/semantics/semantics-suite.ts';
import type { Case } from './case.ts';

/** Where core itself does not keep a clause yet: expected to fail in every room, and left out of the random workflows. */
export const KNOWN: readonly Deviation[] = [
  {
    clause: 22,
    title: 'a state may be what the state before it held',
    reason: 'the reads of a state that is a part of the state before it are never done being collected',
  },
  {
    clause: 31,
    title: 'what is read of a state is read of whatever makes the next one',
    reason: 'a read of a state is lost where the node that makes the next one stands after it',
  },
  {
    clause: 38,
    title: 'no error of a step is uncatchable, however it is thrown',
    reason: 'a final Failure that a step throws is taken for one of the workflow',
  },
];

const has = (clause: number): boolean => KNOWN.some((one) => one.clause === clause);

/** Reads of a state, or of a child's input that may be one, of what may not be there. */
const MAYBE_ABSENT = /"ref":"[\w-]+\.(?:state|in)","path":\[[^\]]*(?:"opt"|"absent"|3)\]/;

/** Whether a random workflow would find what is known. */
export function isKnown({ ir }: Case): boolean {
  return has(31) && MAYBE_ABSENT.test(JSON.stringify(ir.body));
}

/** Whether a workflow was refused because of what is known. */
export function isKnownRefusal(error: Error): boolean {
  return has(22) && error instanceof RangeError;
}
