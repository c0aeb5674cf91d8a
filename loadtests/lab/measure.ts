import type { Experiment } from './experiment.ts';
import { type PlannedFault, refusal } from './faults.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { generate, phasesOf } from './generator.ts';
import type { CaseFiles } from './raw.ts';
import type { Reaper } from './reaper.ts';
import type { EventRecord, GeneratorRecord, WorkRecord } from './record.ts';
import type { LocalTarget, Target } from './targets.ts';

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
  if ('url' in target) {
    const generator = await run(options, target.url);
    files.write({ work: [], events: [], generator });
    return;
  }
  const work: WorkRecord[] = [];
  const events: EventRecord[] = [];
  const broken = new AbortController();
  let schedule: { cancel(): Promise<void> } | undefined;
  const fleet: Fleet = await openFleet({
    target,
    signal,
    rules: options.experiment.instance,
    pace: options.pace,
    reaper,
    onEvent(event) {
      events.push(event);
      options.onEvent?.(event);
    },
    onWork: (one) => void work.push(one),
    onFirst: () => {
      schedule = scheduleFaults(options, target, fleet, (error) => broken.abort(error));
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

/** The faults of the experiment that are this target's, at their times from now on. */
function scheduleFaults(
  { name, experiment }: MeasureOptions,
  target: LocalTarget,
  fleet: Fleet,
  onError: (error: unknown) => void,
): { cancel(): Promise<void> } {
  const { seconds } = experiment;
  const timers: NodeJS.Timeout[] = [];
  const performing = new Set<Promise<unknown>>();
  const perform = async (fault: PlannedFault): Promise<void> => {
    const done = await fleet.perform(fault);
    if (done !== undefined && fault.lasts !== undefined)
      timers.push(setTimeout(() => done.end(), fault.lasts * seconds * 1000));
  };
  for (const fault of experiment.faults) {
    if (fault.targets?.includes(name) === false) continue;
    if (refusal(fault.kind, target) !== undefined) continue;
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
  }
  return {
    async cancel() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(performing);
    },
  };
}
