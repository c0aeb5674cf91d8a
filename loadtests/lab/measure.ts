import type { Experiment } from './experiment.ts';
import { failingStepsOf, faultText, type PlannedFault, refusal } from './faults.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { generate, phasesOf } from './generator.ts';
import type { CaseFiles } from './raw.ts';
import type { Reaper } from './reaper.ts';
import type { EventRecord, GeneratorRecord, WorkRecord } from './record.ts';
import { targetOf } from './search.ts';
import type { Target } from './targets.ts';

export interface MeasureOptions {
  readonly name: string;
  readonly target: Target;
  readonly experiment: Experiment;
  readonly pace: number;
  readonly files: CaseFiles;
  readonly reaper: Reaper;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: EventRecord) => void;
  readonly onSize?: (size: () => number) => void;
}

/** Runs one target through the experiment, and writes down what happened. */
export async function measure(options: MeasureOptions): Promise<void> {
  const { target, files, reaper, signal } = options;
  const work: WorkRecord[] = [];
  const events: EventRecord[] = [];
  const onEvent = (event: EventRecord): void => {
    events.push(event);
    options.onEvent?.(event);
  };
  const faults = faultsOf(options, onEvent);
  if ('url' in target) {
    const generator = await run(options, target.url);
    files.write({ work, events, generator });
    return;
  }
  const broken = new AbortController();
  let schedule: { cancel(): Promise<void> } | undefined;
  const fleet: Fleet = await openFleet({
    target,
    signal,
    rules: options.experiment.instance,
    failing: failingStepsOf(faults),
    pace: options.pace,
    reaper,
    onEvent,
    onWork: (one) => void work.push(one),
    onFirst: () => {
      schedule = scheduleFaults(faults, options.experiment.seconds, fleet, (error) => broken.abort(error));
    },
    onError: (error) => broken.abort(error),
  });
  options.onSize?.(() => fleet.size());
  let generator: GeneratorRecord;
  try {
    generator = await run({ ...options, signal: AbortSignal.any([signal, broken.signal]) }, fleet.url);
  } finally {
    await schedule?.cancel();
    await fleet.close();
  }
  files.write({ work, events, generator });
}

function run(options: MeasureOptions, url: string): Promise<GeneratorRecord> {
  const { experiment, files, reaper, signal } = options;
  return generate({
    scenario: experiment.scenario,
    url,
    phases: phasesOf(experiment),
    raw: files.requests,
    report: files.report,
    reaper,
    signal,
  });
}

/** The faults of the experiment that are this target's; what it cannot have is told and left out. */
function faultsOf(
  { name, target, experiment }: MeasureOptions,
  onEvent: (event: EventRecord) => void,
): readonly PlannedFault[] {
  return experiment.faults.filter((fault) => {
    if (fault.targets?.includes(targetOf(name)) === false) return false;
    const why = 'url' in target ? 'a deployment is not broken' : refusal(fault, target);
    if (why !== undefined) onEvent({ at: Date.now(), kind: 'left-out', fault: faultText(fault), why });
    return why === undefined;
  });
}

/** The faults at their times from now on. */
function scheduleFaults(
  faults: readonly PlannedFault[],
  seconds: number,
  fleet: Fleet,
  onError: (error: unknown) => void,
): { cancel(): Promise<void> } {
  const timers: NodeJS.Timeout[] = [];
  const performing = new Set<Promise<unknown>>();
  const perform = async (fault: PlannedFault): Promise<void> => {
    const done = await fleet.perform(fault);
    if (done !== undefined && fault.lasts !== undefined)
      timers.push(setTimeout(() => done.end(), fault.lasts * seconds * 1000));
  };
  for (const fault of faults)
    timers.push(
      setTimeout(
        () => {
          const one = perform(fault)
            .catch(onError)
            .finally(() => performing.delete(one));
          performing.add(one);
        },
        fault.at * seconds * 1000,
      ),
    );
  return {
    async cancel() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(performing);
    },
  };
}
