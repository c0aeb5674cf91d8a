import { randomUUID } from 'node:crypto';
import { Failure, toErrorValue } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { Page } from '../../core/resources/bucket.ts';
import { RUNS_STARTED } from '../../core/telemetry/metrics.ts';
import type { WorkflowIR } from '../../core/workflow/ir.ts';
import {
  checkEvent,
  checkSameStart,
  eventDataOf,
  inputOf,
  noRun,
  runIsOver,
  workflowToStart,
} from '../../core/workflow/requests.ts';
import type { ListRuns, RunStatus, Runs } from '../../core/workflow/runs.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import type { RunRow } from './journal.ts';
import { callsOf, type Event, recordingOf, stepsOf } from './recording.ts';
import { makeSupervisor, type Outcome, type Supervisor, type SupervisorParts } from './supervisor.ts';
import { offsetOf, outcomeOf, pageOf, statusOf } from './views.ts';

export interface Engine extends Runs, Pick<Supervisor, 'resume' | 'drain' | 'close'> {
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  /** Every step call of a run, one an attempt. */
  calls(id: string): { step: string; key: string; input: Json }[];
}

const PAGE = 100;
const STEP_PAGE = 1000;

/** The local room's runs: what the journal knows, and what the supervisor is at. */
export function makeEngine(parts: SupervisorParts): Engine {
  const { workflows, journal, host, telemetry, detail } = parts;
  const supervisor = makeSupervisor(parts);
  const starting = new Map<string, Promise<unknown>>();
  const sending = new Map<string, Promise<void>>();

  const rowOf = (id: string): RunRow => {
    const row = journal.find(id);
    if (row === undefined) throw noRun(id);
    return row;
  };

  const startOnce = async (workflow: Workflow, given: Json, id: string): Promise<{ id: string; created: boolean }> => {
    const parsed = await inputOf(workflow, given);
    const known = journal.find(id);
    if (known !== undefined) {
      const asked = { workflow: workflow.name, input: parsed };
      checkSameStart(id, { workflow: known.workflow, input: JSON.parse(known.input) as Json }, asked);
      return { id, created: false };
    }
    const { name, ir } = workflow;
    const ids = { 'skein.workflow': name, 'skein.run': id };
    // Over at once, and so never lost: whoever drives the run goes on from it, in this process or a later one.
    const span = telemetry?.span(`start ${name}`, { parent: telemetry.current(), attributes: ids });
    const trace = span?.traceparent || undefined;
    let row: RunRow;
    try {
      row = await journal.insert({
        id,
        workflow: name,
        ir,
        input: JSON.stringify(parsed),
        at: host.clock.now(),
        trace,
      });
    } catch (error) {
      span?.end({ error: toErrorValue(error) });
      throw error;
    }
    span?.end();
    telemetry?.record(RUNS_STARTED, 1, { 'skein.workflow': name });
    detail?.('run started', { run: id, workflow: name });
    supervisor.begin(row, ir, trace);
    return { id, created: true };
  };

  const send = async (row: RunRow, name: string, event: Event): Promise<void> => {
    const run = supervisor.live(row.id);
    if (run?.has(event.id) ?? recordingOf(journal.load(row).entries).received.has(event.id)) return;
    await journal.append(row.n, { kind: 'event', key: name, body: JSON.stringify(event), at: host.clock.now() });
    // Not the run from before: it may have halted and begun again meanwhile.
    supervisor.live(row.id)?.deliver(name, event);
  };

  return {
    async start(name, input, id = randomUUID()) {
      const workflow = workflowToStart(workflows, name, id);
      if (supervisor.closing()) throw closingDown();
      // One at a time for each id: of two that come together one starts it, and the other finds it started.
      while (starting.has(id)) await starting.get(id)?.catch(() => undefined);
      const started = startOnce(workflow, input, id);
      starting.set(id, started);
      return started.finally(() => starting.delete(id));
    },

    async status(id) {
      const row = rowOf(id);
      return statusOf(row, supervisor.live(id), true);
    },

    async definition(id) {
      return JSON.parse(journal.load(rowOf(id)).ir) as WorkflowIR;
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
      const items = rows.slice(0, PAGE).map((row) => statusOf(row, supervisor.live(row.id), false));
      const last = rows[PAGE - 1];
      return rows.length > PAGE && last !== undefined ? { items, next: String(last.n) } : { items };
    },

    async event(id, name, data, key = randomUUID()) {
      checkEvent(name, key);
      const row = rowOf(id);
      if (row.status !== 'running' || supervisor.isEnding(id)) throw runIsOver(id, row.status);
      const parsed = await eventDataOf(workflows.get(row.workflow), name, data);
      const slot = `${id} ${key}`;
      const sent = sending.get(slot) ?? send(row, name, { id: key, data: parsed });
      sending.set(slot, sent);
      await sent.finally(() => sending.delete(slot));
    },

    async cancel(id) {
      const row = rowOf(id);
      if (row.status === 'cancelled') return;
      if (row.status !== 'running' || supervisor.isEnding(id)) throw runIsOver(id, row.status);
      await supervisor.cancel(row);
    },

    resume: supervisor.resume,
    drain: supervisor.drain,
    close: supervisor.close,

    async result(id) {
      const row = rowOf(id);
      return row.status === 'running' ? supervisor.ended(id) : outcomeOf(row);
    },

    calls: (id) => callsOf(journal.load(rowOf(id)).entries),
  };
}

function closingDown(): Failure {
  return new Failure({ name: 'Unavailable', message: 'the process is stopping' });
}
