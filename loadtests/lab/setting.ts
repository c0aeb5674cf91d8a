import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Experiment } from './experiment.ts';
import { artilleryVersion, LOADTESTS } from './generator.ts';
import type { Setting } from './record.ts';
import { sourcesOf, type Target } from './targets.ts';

/** The time that the experiments are about: where they take as long, or longer, a cloud's control loops run as documented. */
const FULL_SECONDS = 180;

export const paceOf = (seconds: number): number => Math.max(1, FULL_SECONDS / seconds);

/** What a reader of the results must know of the machine and the question. */
export function settingOf(
  experiment: Experiment,
  targets: ReadonlyMap<string, Target>,
  command: string,
  date: Date,
): Setting {
  const cores = cpus();
  const { name, title, scenario, seconds, load, instance, search } = experiment;
  return {
    experiment: name,
    title,
    scenario,
    command,
    commit: commit(),
    date: date.toISOString(),
    machine: {
      cores: cores.length,
      model: (cores[0]?.model ?? 'unknown').replace(/\s+/g, ' ').trim(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      system: `${type()} ${release()}`,
      artillery: artilleryVersion(),
      loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    },
    seconds,
    pace: paceOf(seconds),
    load,
    instance,
    ...(search !== undefined && { search }),
    targets: [...targets].map(([target, one]) => ({
      name: target,
      about: one.about,
      modelled: 'modelled' in one && one.modelled,
      ...('runtime' in one && one.runtime !== undefined && { runtime: one.runtime }),
      sources: sourcesOf(one),
      ...('price' in one && one.price !== undefined && { price: one.price }),
    })),
  };
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: LOADTESTS, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `commit ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', ':/', ':!/loadtests/results') === '' ? '' : ' with changes'}`;
  } catch {
    return 'no commit';
  }
}
