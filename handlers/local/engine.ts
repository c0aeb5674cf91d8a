import { randomUUID } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type ErrorValue, Failure, invalidInput, toErrorValue } from '../../core/error.ts';
import { canonical, exceeds, type Json } from '../../core/json.ts';
import type { Page } from '../../core/resources/bucket.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import type { WorkflowIR } from '../../core/workflow/ir.ts';
import { plainName } from '../../core/workflow/names.ts';
import { isRunId, type ListRuns, type RunStatus, type Runs, type StepRecord } from '../../core/workflow/runs.ts';
import { parseInput } from '../../core/workflow/schema.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import type { Ending, Journal, RunRow } from './journal.ts';
import type { Log } from './log.ts';
import { callsOf, recordingOf, stepsOf } from './recording.ts';
import { Halt, makeRun, type Run, type RunHost } from './run.ts';

export type Outcome = { readonly output: Json } | { readonly error: ErrorValue };

export interface EngineParts {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly journal: Journal;
  readonly host: RunHost;
  readonly log: Log;
}

export interface Engine extends Runs {
  /** Goes on with every run that a process before this one left unfinished. */
  resume(): void;
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  /** Every step call of a run, one an attempt. */
  calls(id: string): { step: string; key: string; input: Json }[];
  /** Stops starting steps, waits for those that run (at most `grace` milliseconds), and leaves unfinished runs to the next start. */
  close(grace: number): Promise<void>;
}

interface Live {
  readonly row: RunRow;
  readonly run: Run;
  /** Set when the ending is on its way to the disk: there is one ending, and nothing after it. */
  ending: boolean;
}

const PAGE = 100;
const STEP_PAGE = 1000;
/** Milliseconds between attempts to go on after the journal could not be written. */
const RETRY_DELAY = { first: 1_000, most: 30_000 } as const;

export function makeEngine({ workflows, journal, host, log }: EngineParts): Engine {
  const live = new Map<string, Live>();
  const starting = new Map<string, Promise<unknown>>();
  const waiters = new Map<string, PromiseWithResolvers<Outcome>>();
  const retries = new Set<() => void>();
  const running = new Set<Promise<unknown>>();
  let closing = false;

  /** Steps that run outlive the run that they belong to; closing waits for them. */
  const trackingHost: RunHost = {
    ...host,
    execute(definition, call, signal) {
      const result = host.execute(definition, call, signal);
      running.add(result);
      result.finally(() => running.delete(result)).catch(() => undefined);
      return result;
    },
  };

  const begin = (row: RunRow, delay: number = RETRY_DELAY.first): void => {
    if (!workflows.has(row.workflow)) {
      log('run parked: its workflow is not in these apps', { run: row.id, workflow: row.workflow });
      return;
    }
    let loaded: ReturnType<Journal['load']>;
    try {
      loaded = journal.load(row);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log('run failed: its journal is damaged', { run: row.id, error: error.message });
      const outcome = { error: toErrorValue(error) };
      journal.condemn(row.n, JSON.stringify(outcome.error), host.clock.now()).then(
        () => settle(row.id, outcome),
        () => undefined,
      );
      return;
    }
    const run = makeRun({
      id: row.id,
      ir: JSON.parse(loaded.ir) as WorkflowIR,
      input: JSON.parse(row.input) as Json,
      recording: recordingOf(loaded.entries),
      host: trackingHost,
      append: (kind, key, body) => {
        if (entry.ending) return Promise.reject(new Halt('cancelled'));
        return journal.append(row.n, { kind, key, body: JSON.stringify(body), at: host.clock.now() });
      },
    });
    const entry: Live = { row, run, ending: false };
    live.set(row.id, entry);
    advance(entry, delay).catch((error: unknown) =>
      log('run stopped by a defect', { run: row.id, error: String(error) }),
    );
  };

  const advance = async (entry: Live, delay: number): Promise<void> => {
    let ending: { status: 'succeeded' | 'failed'; outcome: Outcome };
    try {
      ending = { status: 'succeeded', outcome: { output: await entry.run.drive() } };
    } catch (error) {
      if (!(error instanceof Failure)) return stopped(entry, error, delay);
      ending = { status: 'failed', outcome: { error: toErrorValue(error) } };
    }
    if (entry.ending) return;
    try {
      await end(entry, ending.status, ending.outcome);
    } catch (error) {
      stopped(entry, new Halt('unavailable', String(error)), delay);
    }
  };

  const end = async (entry: Live, status: Ending['status'], outcome: Outcome): Promise<void> => {
    entry.ending = true;
    try {
      await writeEnding(entry.row, status, outcome, entry.run.progress().done);
    } catch (error) {
      entry.ending = false;
      throw error;
    }
    live.delete(entry.row.id);
  };

  const writeEnding = async (row: RunRow, status: Ending['status'], outcome: Outcome, done: number): Promise<void> => {
    const body = JSON.stringify('output' in outcome ? outcome.output : outcome.error);
    const last = { kind: 'end', key: '', body: JSON.stringify({ status }), at: host.clock.now() } as const;
    await journal.append(row.n, last, { status, outcome: body, done });
    settle(row.id, outcome);
  };

  const settle = (id: string, outcome: Outcome): void => {
    waiters.get(id)?.resolve(outcome);
    waiters.delete(id);
  };

  /** The run is not over and not driven any more: it goes on later, from the journal. */
  const stopped = (entry: Live, error: unknown, delay: number): void => {
    live.delete(entry.row.id);
    if (entry.ending || (error instanceof Halt && error.reason === 'closing')) return;
    log('run halted', { run: entry.row.id, error: String(error) });
    const temporary = error instanceof Halt && error.reason === 'unavailable';
    if (closing || !temporary) return;
    const off = host.clock.at(host.clock.now() + delay, () => {
      retries.delete(off);
      const row = journal.find(entry.row.id);
      if (row?.status === 'running' && !live.has(row.id)) begin(row, Math.min(delay * 2, RETRY_DELAY.most));
    });
    retries.add(off);
  };

  const rowOf = (id: string): RunRow => {
    const row = journal.find(id);
    if (row === undefined) throw new Failure({ name: 'NotFound', message: `no run ${JSON.stringify(id)}` });
    return row;
  };

  const startOnce = async (workflow: Workflow, given: Json, id: string): Promise<{ id: string; created: boolean }> => {
    const parsed = await parseInput(workflow.input, given);
    if (exceeds(parsed, PAYLOAD_LIMIT)) throw inputTooLarge();
    const known = journal.find(id);
    if (known !== undefined) {
      if (known.workflow === workflow.name && canonical(JSON.parse(known.input)) === canonical(parsed))
        return { id, created: false };
      throw new Failure({ name: 'Conflict', message: `run '${id}' was started with another input or workflow` });
    }
    const ir = JSON.stringify(workflow.ir);
    await journal.insert({ id, workflow: workflow.name, ir, input: JSON.stringify(parsed), at: host.clock.now() });
    begin(rowOf(id));
    return { id, created: true };
  };

  return {
    async start(name, input, id = randomUUID()) {
      const workflow = workflows.get(name);
      if (workflow === undefined)
        throw new Failure({ name: 'NotFound', message: `no workflow ${JSON.stringify(name)}` });
      if (!isRunId(id))
        throw invalidInput(
          'Idempotency-Key: letters, digits, _ . and -, at most 80, the first a letter or digit',
          'Idempotency-Key',
        );
      if (closing) throw closingDown();
      // One at a time for each id: of two that come together one starts it, and the other finds it started.
      while (starting.has(id)) await starting.get(id)?.catch(() => undefined);
      const started = startOnce(workflow, input, id);
      starting.set(id, started);
      return started.finally(() => starting.delete(id));
    },

    async status(id) {
      const row = rowOf(id);
      return statusOf(row, live.get(id)?.run, true);
    },

    async steps(id, cursor) {
      const steps = stepsOf(journal.load(rowOf(id)).entries);
      return pageOf(steps, offsetOf(cursor), STEP_PAGE);
    },

    async list({ cursor, status, workflow }: ListRuns): Promise<Page<RunStatus>> {
      const rows = journal.list({
        ...(cursor !== undefined && { before: offsetOf(cursor) }),
        ...(status !== undefined && { status }),
        ...(workflow !== undefined && { workflow }),
        limit: PAGE + 1,
      });
      const items = rows.slice(0, PAGE).map((row) => statusOf(row, live.get(row.id)?.run, false));
      const last = rows[PAGE - 1];
      return rows.length > PAGE && last !== undefined ? { items, next: String(last.n) } : { items };
    },

    async event(id, name, data) {
      if (!plainName(name)) throw invalidInput(`name: ${JSON.stringify(name)} is no event name`, 'name');
      const row = rowOf(id);
      if (row.status !== 'running' || live.get(id)?.ending) throw over(id, row.status);
      const parsed = await parseInput(workflows.get(row.workflow)?.events.get(name), data, 'data');
      if (exceeds(parsed, PAYLOAD_LIMIT)) throw inputTooLarge();
      const event = { id: randomUUID(), data: parsed };
      const body = JSON.stringify(event);
      await journal.append(row.n, { kind: 'event', key: name, body, at: host.clock.now() });
      live.get(id)?.run.deliver(name, event);
    },

    async cancel(id) {
      const row = rowOf(id);
      if (row.status === 'cancelled') return;
      const entry = live.get(id);
      if (row.status !== 'running' || entry?.ending) throw over(id, row.status);
      const error = { name: 'Cancelled', message: 'the run was cancelled' };
      if (entry === undefined) {
        await writeEnding(row, 'cancelled', { error }, 0);
        return;
      }
      const ended = end(entry, 'cancelled', { error });
      entry.run.halt(new Halt('cancelled'));
      await ended;
    },

    resume() {
      for (const row of journal.unfinished()) begin(row);
    },

    async result(id) {
      const row = rowOf(id);
      if (row.status !== 'running') return outcomeOf(row);
      const waiter = waiters.get(id) ?? Promise.withResolvers<Outcome>();
      waiters.set(id, waiter);
      return waiter.promise;
    },

    calls: (id) => callsOf(journal.load(rowOf(id)).entries),

    async close(grace) {
      closing = true;
      for (const off of retries) off();
      for (const entry of live.values()) entry.run.drain();
      const deadline = Date.now() + grace;
      while (running.size > 0 && Date.now() < deadline)
        await Promise.race([Promise.allSettled(running), sleep(deadline - Date.now(), undefined, { ref: false })]);
      // Results of the last steps reach the journal's queue in the turn after they settled.
      await setImmediate();
      for (const entry of live.values()) entry.run.halt(new Halt('closing'));
      journal.close();
    },
  };
}

function statusOf(row: RunRow, live: Run | undefined, whole: boolean): RunStatus {
  return {
    id: row.id,
    workflow: row.workflow,
    status: row.status,
    ...(whole && { input: JSON.parse(row.input) as Json }),
    ...(whole && row.outcome !== null && outcomeOf(row)),
    progress: live?.progress() ?? { done: row.done, total: row.total },
    startedAt: new Date(row.started).toISOString(),
    updatedAt: new Date(live?.touched() ?? row.updated).toISOString(),
  };
}

function outcomeOf(row: RunRow): Outcome {
  const value = JSON.parse(row.outcome ?? 'null') as Json;
  return row.status === 'succeeded' ? { output: value } : { error: value as unknown as ErrorValue };
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw invalidInput('cursor: not one that a page gave', 'cursor');
  return Number(cursor);
}

function pageOf(items: readonly StepRecord[], offset: number, size: number): Page<StepRecord> {
  const end = offset + size;
  const page = items.slice(offset, end);
  return end < items.length ? { items: page, next: String(end) } : { items: page };
}

function over(id: string, status: string): Failure {
  return new Failure({ name: 'Conflict', message: `run '${id}' is over (${status})` });
}

function closingDown(): Failure {
  return new Failure({ name: 'Unavailable', message: 'the process is stopping' });
}

function inputTooLarge(): Failure {
  const message = `input: over ${PAYLOAD_LIMIT} bytes; put it into a bucket and pass its key`;
  return new Failure({ name: 'PayloadTooLarge', message, data: { field: 'input', limit: PAYLOAD_LIMIT } });
}
