import { chooseTargets } from './choose-targets.ts';
import type { Experiment, Search } from './experiment.ts';
import { measure } from './measure.ts';
import { showProgress } from './progress.ts';
import { openCase, openResults, readCase, writeSetting } from './raw.ts';
import type { Reaper } from './reaper.ts';
import type { EventRecord, Setting } from './record.ts';
import { searchLoad, stepName } from './search.ts';
import { paceOf, settingOf } from './setting.ts';
import { meetsGoal } from './summary/search-summary.ts';
import { summariseCase } from './summary/summarise.ts';
import type { Target } from './targets.ts';

export interface RunOptions {
  readonly experiment: Experiment;
  readonly targets: readonly string[];
  readonly out: string;
  readonly command: string;
  readonly reaper: Reaper;
  readonly signal: AbortSignal;
}

/** Measures one target after the other, so that none takes another's cores, and leaves raw records. */
export async function run(options: RunOptions): Promise<void> {
  const { experiment, targets, out, command } = options;
  const chosen = chooseTargets(targets);
  const raw = openResults(out);
  const setting = settingOf(experiment, chosen, command, new Date());
  writeSetting(raw, setting);
  // What is complete can be reported, even where what comes after it fails.
  const done: Setting['targets'][number][] = [];
  const complete = (about: Setting['targets'][number]): Setting => {
    done.push(about);
    const so = { ...setting, targets: done };
    writeSetting(raw, so);
    return so;
  };
  if (experiment.search !== undefined) await searchAll(options, experiment.search, chosen, setting, raw, complete);
  else
    for (const about of setting.targets) {
      await one(options, about.name, chosen.get(about.name) as Target, raw);
      complete(about);
    }
}

/** Each load that is tried is a case of its own. */
async function searchAll(
  options: RunOptions,
  search: Search,
  chosen: ReadonlyMap<string, Target>,
  setting: Setting,
  raw: string,
  complete: (step: Setting['targets'][number]) => Setting,
): Promise<void> {
  for (const about of setting.targets) {
    const target = chosen.get(about.name) as Target;
    const found = await searchLoad(search, async (perSecond) => {
      const step = { ...about, name: stepName(about.name, perSecond), step: { of: about.name, perSecond } };
      const experiment = { ...options.experiment, load: [{ share: 1, perSecond }] };
      await one({ ...options, experiment }, step.name, target, raw);
      const summary = summariseCase(complete(step), readCase(raw, step.name));
      return meetsGoal(search, summary);
    });
    const { highest, broken } = found;
    process.stderr.write(`${about.name}: ${highest ?? 'no load'} meets the goal, ${broken ?? 'nothing'} breaks it\n`);
  }
}

async function one(options: RunOptions, name: string, target: Target, raw: string): Promise<void> {
  const { experiment, reaper, signal } = options;
  signal.throwIfAborted();
  const files = openCase(raw, name);
  const progress = showProgress({
    name,
    seconds: experiment.seconds,
    requests: files.requests,
    screen: process.stderr,
  });
  let how = 'stopped';
  try {
    await measure({
      name,
      target,
      experiment,
      pace: paceOf(experiment.seconds),
      files,
      reaper,
      signal,
      onEvent: (event) => sayEvent(event, progress.say),
      onSize: progress.sizeFrom,
    });
    how = 'done';
  } finally {
    progress.end(how);
  }
}

const SAID: Readonly<Record<EventRecord['kind'], (event: EventRecord) => string | undefined>> = {
  starting: () => undefined,
  ready: ({ instance, bootMs }) => `${instance} is ready after ${bootMs} ms`,
  leaving: ({ instance }) => `${instance} leaves`,
  gone: ({ instance, scaled }) => (scaled ? undefined : `${instance} is gone`),
  down: ({ instance }) => `the balancer found ${instance} down`,
  up: ({ instance }) => `the balancer found ${instance} up`,
  fault: ({ instance, fault }) => `fault: ${[instance, fault].filter((word) => word !== undefined).join(' ')}`,
  'left-out': ({ fault, why }) => `left out: ${fault}: ${why}`,
  'step-failed': () => undefined,
  over: ({ instance, fault }) => `it is over: ${[instance, fault].filter((word) => word !== undefined).join(' ')}`,
};

function sayEvent(event: EventRecord, say: (text: string) => void): void {
  const text = SAID[event.kind](event);
  if (text !== undefined) say(text);
}
