import { type ErrorValue, toErrorJson } from '../error.ts';
import { pad, type Variables } from '../workflow/evaluate.ts';
import { type Block, blocksOf, type ChooseNode, fold, nodesOf, type WorkflowIR } from '../workflow/ir.ts';
import { retries } from '../workflow/retry.ts';
import type { RunStatus, StepRecord } from '../workflow/runs.ts';
import { evidenceOf } from './evidence.ts';
import { bind, type Known, knownOf, scope, truthOf } from './known.ts';
import { emptyTally, type Tally } from './tally.ts';

export interface Survey {
  readonly nodes: ReadonlyMap<string, Tally>;
  /** The events that the run waits for now. */
  readonly awaited: readonly string[];
}

/** What is known of the end of the block around: it goes on, it went on to what comes after it, it failed, or it was left. */
type Fate = 'open' | 'passed' | 'failed' | 'left';
const FATES: Readonly<Record<RunStatus['status'], Fate>> = {
  running: 'open',
  succeeded: 'passed',
  failed: 'failed',
  cancelled: 'left',
};

type Result =
  | { readonly phase: 'done'; readonly value: Known }
  | { readonly phase: 'going' }
  | { readonly phase: 'failed'; readonly error: ErrorValue | undefined };
const GOING: Result = { phase: 'going' };
const PASSED: Result = { phase: 'done', value: undefined };

interface At {
  /** `/3/0`: the items and rounds around. */
  readonly indices: string;
  readonly variables: Variables | undefined;
  readonly fate: Fate;
}
type Inside = At & { readonly variables: Variables };

/**
 * Says what became of each node, from the run's step records and its definition alone: the same for every room.
 *
 * Nodes that call no step leave no record. One is over where a later node of its block was entered; where none was, and all before
 * it are over, the run is there.
 */
export function survey(ir: WorkflowIR, run: RunStatus, steps: readonly StepRecord[]): Survey {
  const { records, entered, begun } = evidenceOf(ir.body, run.id, steps);
  const nodes = new Map<string, Tally>();
  for (const node of nodesOf(ir.body)) nodes.set(node.id, emptyTally());
  const awaited = new Set<string>();
  const tally = (id: string): Tally => nodes.get(id) as Tally;
  const wasEntered = (block: Block, indices: string): boolean =>
    block.nodes.some((node) => entered.has(node.id + indices));

  const expect = (block: Block, times: number, sure: boolean): void => {
    for (const node of block.nodes) {
      const known = tally(node.id);
      known.expected += times;
      known.sure &&= sure;
      if (node.kind === 'map' || node.kind === 'repeat') continue;
      const certain = sure && node.kind !== 'choose' && node.kind !== 'attempt';
      for (const inner of blocksOf(node)) expect(inner, times, certain);
    }
  };
  const skip = (block: Block): void => {
    for (const node of nodesOf(block)) tally(node.id).skipped++;
  };
  const addParts = (id: string, done: number, total: number | undefined): void => {
    const { parts } = tally(id);
    const both = parts === undefined ? total : total === undefined ? undefined : (parts.total ?? 0) + total;
    tally(id).parts = { done: (parts?.done ?? 0) + done, total: both };
  };

  const visitBlock = (block: Block, at: At, bindings: readonly (readonly [string, Known])[] = []): Result => {
    const variables = scope(at.variables, bindings);
    const last = block.nodes.findLastIndex((node) => entered.has(node.id + at.indices));
    for (const [index, node] of block.nodes.entries()) {
      const fate = index < last ? 'passed' : at.fate;
      const found = visit(node, { ...at, variables, fate });
      const result = fate === 'passed' && found.phase !== 'done' ? PASSED : found;
      if (blocksOf(node).length > 0) count(node.id, result, fate);
      if (result.phase !== 'done') return result;
      bind(variables, node.id, result.value);
    }
    return { phase: 'done', value: knownOf(block.out, variables) };
  };

  const count = (id: string, result: Result, fate: Fate): void => {
    if (result.phase === 'done') tally(id).done++;
    else if (result.phase === 'failed') tally(id).failed++;
    else if (fate === 'open') tally(id).going++;
    else tally(id).stopped++;
  };

  /** A node without a record, reached: over, where the block went on; else the run is at it, or ended at it. */
  const silent = (id: string, { fate }: At, value: Known): Result => {
    if (fate === 'passed') {
      tally(id).done++;
      return { phase: 'done', value };
    }
    tally(id)[fate === 'open' ? 'waiting' : fate === 'failed' ? 'failed' : 'stopped']++;
    return fate === 'failed' ? { phase: 'failed', error: undefined } : GOING;
  };

  const visit = fold<Result, [Inside]>({
    task(node, at) {
      const record = records.get(node.id + at.indices);
      if (record === undefined) return at.fate === 'passed' ? PASSED : GOING;
      const known = tally(node.id);
      known.calls++;
      known.attempts += record.attempts;
      known.from = Math.min(known.from ?? Number.POSITIVE_INFINITY, Date.parse(record.startedAt));
      if (record.endedAt !== undefined) known.to = Math.max(known.to ?? 0, Date.parse(record.endedAt));
      if (record.status === 'succeeded') {
        known.done++;
        return { phase: 'done', value: pad(record.output ?? null, node.reads) };
      }
      const { status, error } = record;
      const again =
        status === 'waiting' ||
        (status === 'failed' && at.fate === 'open' && retries(node.retry, record.attempts, error?.name ?? ''));
      if (status === 'failed' && !again) {
        known.failed++;
        return { phase: 'failed', error };
      }
      known[at.fate !== 'open' ? 'stopped' : again ? 'waiting' : 'going']++;
      return GOING;
    },

    map(node, at) {
      const items = knownOf(node.items, at.variables);
      const size = Array.isArray(items) ? items.length : undefined;
      const indices = [...(begun.get(node.id + at.indices) ?? [])];
      expect(node.body, size ?? indices.length, size !== undefined && tally(node.id).sure);
      const fate = at.fate === 'failed' ? 'left' : at.fate;
      const results = new Map(
        indices.map((index) => [
          index,
          visitBlock(node.body, { ...at, indices: `${at.indices}/${index}`, fate }, [
            [`${node.id}.item`, Array.isArray(items) ? items[index] : undefined],
            [`${node.id}.index`, index],
          ]),
        ]),
      );
      return together(node.id, [...results.values()], size, () =>
        Array.from({ length: size ?? 0 }, (_, index) => results.get(index)),
      );
    },

    parallel(node, at) {
      const fate = at.fate === 'failed' ? 'left' : at.fate;
      const results = node.branches.map((branch) => visitBlock(branch, { ...at, fate }));
      return together(node.id, results, results.length, () => results);
    },

    choose(node, at) {
      const branches = [...node.cases.map((one) => one.then), node.else];
      const entry = branches.findIndex((branch) => wasEntered(branch, at.indices));
      const taken = entry >= 0 ? entry : choice(node.cases, at.variables);
      if (taken === undefined) return at.fate === 'passed' ? PASSED : GOING;
      for (const [index, branch] of branches.entries()) if (index !== taken) skip(branch);
      return visitBlock(branches[taken] as Block, at);
    },

    attempt(node, at) {
      const rescued = wasEntered(node.rescue, at.indices);
      const result = visitBlock(node.body, rescued ? { ...at, fate: 'failed' } : at);
      if (!rescued && result.phase !== 'failed') {
        if (result.phase === 'done') skip(node.rescue);
        return result;
      }
      const error = result.phase === 'failed' ? result.error : undefined;
      if (!rescued && node.on !== undefined && !node.on.includes(error?.name ?? '')) return { phase: 'failed', error };
      return visitBlock(node.rescue, at, [[`${node.id}.error`, error && toErrorJson(error)]]);
    },

    sleep: (node, at) => silent(node.id, at, null),

    waitFor(node, at) {
      if (at.fate === 'open') awaited.add(node.event);
      return silent(node.id, at, undefined);
    },

    repeat(node, at) {
      const rounds = Math.max(0, ...(begun.get(node.id + at.indices) ?? [])) + 1;
      expect(node.body, rounds, false);
      let state = knownOf(node.init, at.variables);
      for (let index = 0; index < rounds; index++) {
        const fate = index < rounds - 1 ? 'passed' : at.fate;
        const names = [`${node.id}.state`, `${node.id}.index`] as const;
        const round = visitBlock(node.body, { ...at, indices: `${at.indices}/${index}`, fate }, [
          [names[0], state],
          [names[1], index],
        ]);
        if (round.phase !== 'done') {
          addParts(node.id, index, undefined);
          return round;
        }
        state = round.value;
      }
      addParts(node.id, rounds, undefined);
      const after = scope(at.variables, [
        [`${node.id}.state`, state],
        [`${node.id}.index`, rounds - 1],
      ]);
      const over = at.fate === 'passed' || rounds >= node.max || truthOf(node.until, after) === true;
      return over ? { phase: 'done', value: state } : GOING;
    },

    run: (node, at) => visitBlock(node.body, at, [[`${node.id}.in`, knownOf(node.input, at.variables)]]),

    fail(node, at) {
      if (at.fate === 'open') return GOING;
      tally(node.id).failed++;
      const name = typeof node.error === 'string' ? node.error : knownOf(node.error, at.variables);
      const message = knownOf(node.message, at.variables);
      const error =
        typeof name === 'string' ? { name, message: typeof message === 'string' ? message : '' } : undefined;
      return { phase: 'failed', error };
    },
  });

  /** What side-by-side blocks come to: all of them, or the first failure. */
  const together = (
    id: string,
    results: readonly Result[],
    size: number | undefined,
    inOrder: () => readonly (Result | undefined)[],
  ): Result => {
    addParts(id, results.filter((one) => one.phase === 'done').length, size);
    const failed = results.find((one) => one.phase === 'failed');
    if (failed !== undefined) return failed;
    if (size === undefined || results.length < size || results.some((one) => one.phase !== 'done')) return GOING;
    const values = inOrder().map((one) => (one?.phase === 'done' ? one.value : undefined));
    return { phase: 'done', value: values.every((one) => one !== undefined) ? values : undefined };
  };

  expect(ir.body, 1, true);
  visitBlock(ir.body, { indices: '', variables: undefined, fate: FATES[run.status] }, [
    ['in', run.input === undefined ? undefined : pad(run.input, ir.reads)],
  ]);
  return { nodes, awaited: [...awaited] };
}

/** The index of the branch that the conditions choose; the last is `else`. */
function choice(cases: ChooseNode['cases'], variables: Variables): number | undefined {
  for (const [index, one] of cases.entries()) {
    const truth = truthOf(one.if, variables);
    if (truth !== false) return truth && index;
  }
  return cases.length;
}
