import type { Json } from '../../../../core/json.ts';
import type { Surroundings } from '../../../../core/workflow/invoke.ts';
import type { Workflow } from '../../../../core/workflow/workflow.ts';
import { performStep, StateError, type StepPayload } from '../../workflow/index.ts';
import type { MachineTime } from '../states/execution.ts';

export interface StepCall {
  readonly step: string;
  readonly key: string;
  readonly input: Json;
}

export interface StepParts {
  readonly surroundings: Surroundings;
  /** What timeouts are measured by. */
  readonly time: MachineTime;
  /** Aborted when the room is closed. */
  readonly signal: AbortSignal;
}

/** Runs steps in this process, and remembers what was called. */
export function stepOn({ surroundings, time, signal }: StepParts) {
  const calls = new Map<string, StepCall[]>();
  const ends = new Map<string, AbortController>();
  const endOf = (run: string): AbortController => {
    const known = ends.get(run) ?? new AbortController();
    ends.set(run, known);
    return known;
  };
  return {
    /** Tells the steps of a run that it is over. On AWS they are not told. */
    stop: (run: string): void => endOf(run).abort(new Error('the run is over')),
    callsOf: (run: string): readonly StepCall[] => calls.get(run) ?? [],
    /** @throws StateError (rejects) */
    async perform(workflow: Workflow, payload: StepPayload): Promise<Json> {
      const { run, key, step, timeout, input } = payload;
      const definition = workflow.steps.get(step);
      if (definition === undefined) throw new Error(`no code for the step '${step}' of '${workflow.name}'`);
      const own = calls.get(run) ?? [];
      calls.set(run, own);
      own.push({ step, key, input: structuredClone(input) });
      const late = Promise.withResolvers<never>();
      const controller = new AbortController();
      const off = time.in(timeout, () => {
        const error = { name: 'Timeout', message: `${key} took longer than ${timeout} s` };
        controller.abort(new Error(error.message));
        late.reject(new StateError(error));
      });
      try {
        const result = performStep(
          definition,
          payload,
          surroundings,
          AbortSignal.any([signal, endOf(run).signal, controller.signal]),
        );
        // Whoever loses the race has nobody left to listen.
        result.catch(() => undefined);
        return await Promise.race([result, late.promise]);
      } finally {
        off();
      }
    },
  };
}
