import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type ErrorValue, Failure, toErrorValue } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import { RUN_DURATION } from '../../core/telemetry/metrics.ts';
import { type RunSpans, runSpans } from '../../core/telemetry/run-spans.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { traceFields } from '../../core/telemetry/traceparent.ts';
import type { WorkflowIR } from '../../core/workflow/ir.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import type { Ending, Journal, RunRow } from './journal.ts';
import { type Recording, recordingOf } from './recording.ts';
import { Halt, makeRun, type Run, type RunHost } from './run.ts';

export type Outcome = { readonly output: Json } | { readonly error: ErrorValue };

export interface SupervisorParts {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly journal: Journal;
  readonly host: RunHost;
  readonly log: Log;
  /** For events of each run. @default none */
  readonly detail?: Log | undefined;
  /** @default none */
  readonly telemetry?: Telemetry | undefined;
}

/** A run that this process drives. */
interface Live {
  readonly row: RunRow;
  readonly run: Run;
  readonly spans: RunSpans | undefined;
  /** Set when the ending is on its way to the disk: there is one ending, and nothing after it. */
  ending: boolean;
}

/** Milliseconds between attempts to go on after the journal could not be written. */
const RETRY_DELAY = { first: 1_000, most: 30_000 } as const;

export type Supervisor = ReturnType<typeof makeSupervisor>;

/** Keeps every unfinished run going: drives it, writes its ending once, and goes on later where the disk would not have it. */
export function makeSupervisor({ workflows, journal, host, log, detail, telemetry }: SupervisorParts) {
  const live = new Map<string, Live>();
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

  const goOn = (row: RunRow, delay: number): void => {
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
        () => settle(row, 'failed', outcome),
        () => undefined,
      );
      return;
    }
    start(row, JSON.parse(loaded.ir) as WorkflowIR, recordingOf(loaded.entries), delay, true);
  };

  const start = (row: RunRow, ir: WorkflowIR, recording: Recording, delay: number, resumed: boolean): void => {
    const { id, workflow } = row;
    const spans = telemetry && runSpans(telemetry, { run: id, workflow, parent: recording.trace, resumed });
    const run = makeRun({
      id: row.id,
      ir,
      input: JSON.parse(row.input) as Json,
      recording,
      host: trackingHost,
      append: (kind, key, body) => {
        if (entry.ending) return Promise.reject(new Halt('cancelled'));
        return journal.append(row.n, { kind, key, body: JSON.stringify(body), at: host.clock.now() });
      },
      attemptFailed: ({ key, attempt, node }, { name, message }, trace) =>
        log('attempt failed', {
          run: id,
          workflow,
          step: node.step,
          key,
          attempt,
          error: `${name}: ${message}`,
          ...traceFields(trace),
        }),
      spans,
    });
    const entry: Live = { row, run, spans, ending: false };
    live.set(row.id, entry);
    if (closing) run.drain();
    const advancing =
      spans && telemetry ? telemetry.within(spans.traceparent, () => advance(entry, delay)) : advance(entry, delay);
    advancing.catch((error: unknown) => log('run stopped by a defect', { run: row.id, error: String(error) }));
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
    entry.spans?.end(status, 'error' in outcome ? outcome.error : undefined);
  };

  const writeEnding = async (row: RunRow, status: Ending['status'], outcome: Outcome, done: number): Promise<void> => {
    const body = JSON.stringify('output' in outcome ? outcome.output : outcome.error);
    const last = { kind: 'end', key: '', body: JSON.stringify({ status }), at: host.clock.now() } as const;
    await journal.append(row.n, last, { status, outcome: body, done });
    settle(row, status, outcome);
  };

  const settle = (row: RunRow, status: Ending['status'], outcome: Outcome): void => {
    const { id, workflow } = row;
    const seconds = (host.clock.now() - row.started) / 1000;
    telemetry?.record(RUN_DURATION, seconds, { 'skein.workflow': workflow, 'skein.outcome': status });
    detail?.('run ended', { run: id, workflow, status, seconds });
    waiters.get(id)?.resolve(outcome);
    waiters.delete(id);
  };

  /** The run is not over and not driven any more: it goes on later, from the journal. */
  const stopped = (entry: Live, error: unknown, delay: number): void => {
    live.delete(entry.row.id);
    if (!entry.ending) entry.spans?.end('halted');
    if (entry.ending || (error instanceof Halt && error.reason === 'closing')) return;
    log('run halted', { run: entry.row.id, error: String(error) });
    const temporary = error instanceof Halt && error.reason === 'unavailable';
    if (closing || !temporary) return;
    const off = host.clock.at(host.clock.now() + delay, () => {
      retries.delete(off);
      const row = journal.find(entry.row.id);
      if (row?.status === 'running' && !live.has(row.id)) goOn(row, Math.min(delay * 2, RETRY_DELAY.most));
    });
    retries.add(off);
  };

  const drain = (): void => {
    closing = true;
    for (const off of retries) off();
    for (const entry of live.values()) entry.run.drain();
  };

  return {
    /** Drives a run that was just put into the journal. */
    begin: (row: RunRow, ir: WorkflowIR, trace?: string): void =>
      start(row, ir, { ...recordingOf([]), trace }, RETRY_DELAY.first, false),
    closing: (): boolean => closing,
    /** The run, where this process drives it and its ending is not on the way. */
    live(id: string): Run | undefined {
      const entry = live.get(id);
      return entry?.ending ? undefined : entry?.run;
    },
    isEnding: (id: string): boolean => live.get(id)?.ending ?? false,
    /** Resolves when the run, which is not over yet, is. */
    ended(id: string): Promise<Outcome> {
      const waiter = waiters.get(id) ?? Promise.withResolvers<Outcome>();
      waiters.set(id, waiter);
      return waiter.promise;
    },
    /** Ends a run that is not over; what its steps still do is not recorded. */
    async cancel(row: RunRow): Promise<void> {
      const outcome = { error: { name: 'Cancelled', message: 'the run was cancelled' } };
      const entry = live.get(row.id);
      if (entry === undefined) return writeEnding(row, 'cancelled', outcome, 0);
      const ended = end(entry, 'cancelled', outcome);
      entry.run.halt(new Halt('cancelled'));
      return ended;
    },
    /** Goes on with every run that a process before this one left unfinished. */
    resume(): void {
      for (const row of journal.unfinished()) goOn(row, RETRY_DELAY.first);
    },
    /** Starts no more runs and no more steps; those that run go on. */
    drain,
    /** Drains, waits for the steps that run (at most `grace` milliseconds), and leaves unfinished runs to the next start. */
    async close(grace: number): Promise<void> {
      drain();
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
