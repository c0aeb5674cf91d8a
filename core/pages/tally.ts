/** What became of a node, all the times that it was reached together. */
export interface Tally {
  going: number;
  waiting: number;
  done: number;
  failed: number;
  /** It had not ended when the run was over. */
  stopped: number;
  /** A choice went elsewhere, or there was nothing to rescue. */
  skipped: number;
  /** How often it will be reached, where that is sure. */
  expected: number;
  sure: boolean;
  /** The items, branches or rounds inside: how many are over, of how many. */
  parts: { done: number; total: number | undefined } | undefined;
  /** Of a task: its calls, their attempts, and when they ran, in milliseconds since 1970. */
  calls: number;
  attempts: number;
  from: number | undefined;
  to: number | undefined;
}

export function emptyTally(): Tally {
  const counts = { going: 0, waiting: 0, done: 0, failed: 0, stopped: 0, skipped: 0 };
  const none = { parts: undefined, from: undefined, to: undefined };
  return { ...counts, ...none, expected: 0, sure: true, calls: 0, attempts: 0 };
}
