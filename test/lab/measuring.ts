import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { experimentOf } from '../../loadtests/lab/experiment.ts';
import { LabError } from '../../loadtests/lab/lab-error.ts';
import { measure } from '../../loadtests/lab/measure.ts';
import { openCase, openResults, readResults, writeSetting } from '../../loadtests/lab/raw.ts';
import { startReaper } from '../../loadtests/lab/reaper.ts';
import type { Case } from '../../loadtests/lab/record.ts';
import { settingOf } from '../../loadtests/lab/setting.ts';
import { summarise } from '../../loadtests/lab/summary/summarise.ts';
import type { CaseSummary } from '../../loadtests/lab/summary/summary.ts';
import type { LocalTarget } from '../../loadtests/lab/targets.ts';
import { ROOT, temporary } from '../support/server.ts';

/** The lab's packages are its own, and a checkout need not have them. */
export const hasPackages = ['artillery', '@resvg/resvg-js', '@expo-google-fonts/inter'].every((name) =>
  existsSync(join(ROOT, 'loadtests/node_modules', name)),
);

/** The title of tests that need them, which says so where they are missing. */
export function withPackages(what: string): string {
  return hasPackages ? what : `SKIPPED ${what}: npm ci --prefix loadtests`;
}

export interface Measuring {
  readonly target: LocalTarget;
  /** The fields of an experiment. */
  readonly experiment: Readonly<Record<string, unknown>>;
  /** @default as fast as the length of the run makes it */
  readonly pace?: number;
  /** @default it runs to its end */
  readonly signal?: AbortSignal;
}

export interface Measured {
  readonly raw: Case;
  readonly summary: CaseSummary;
}

/** One target, through the lab's own generator and back from its raw records. */
export async function measured({ target, experiment: fields, pace, signal }: Measuring): Promise<Measured> {
  const experiment = experimentOf('test', { title: 'test', scenario: 'get', targets: [], ...fields });
  const out = join(temporary(), 'out');
  const raw = openResults(out);
  const setting = settingOf(experiment, new Map([['known', target]]), 'test', new Date());
  writeSetting(raw, setting);
  const reaper = startReaper();
  try {
    await measure({
      name: 'known',
      target,
      experiment,
      pace: pace ?? setting.pace,
      files: openCase(raw, 'known'),
      reaper,
      signal: signal ?? new AbortController().signal,
    });
  } finally {
    await reaper.close();
  }
  const [one] = readResults(out).cases as [Case];
  return { raw: one, summary: summarise(setting, [one]).cases[0]! };
}

/** A server that answers at once: all that takes time is its slots. */
export const plain = (...args: string[]): LocalTarget => ({
  about: 'a server that answers at once',
  modelled: false,
  command: () => [join(ROOT, 'test/lab/programs/plain-server.ts'), ...args],
  fleet: { kind: 'fixed', count: 1 },
});

/** What a test gets, as far as it is used here. */
interface Skipping {
  skip(note: string): never;
}

/** Why nothing can be said of what was measured: a machine that others use too was the bottleneck. */
type Spoilt = (summary: CaseSummary) => string | undefined;

/** Where it matters when each request came. */
export const notSaturated: Spoilt = ({ generator: { saturated } }) =>
  saturated.length > 0 ? saturated.join(', ') : undefined;

/** Where it matters when each request came, and how long it took. */
const inTime: Spoilt = (summary) => notSaturated(summary) ?? tooLate(summary.late, 0.02);

/** Milliseconds in which a machine that is not busy has long booted an instance. */
const SLOW_BOOT = 4000;

/** Where it matters only what became of the requests. */
export const roughly: Spoilt = ({ generator: { planned, arrivals }, coldStarts: { maxMs }, late }) => {
  if (arrivals < planned / 2) return `${arrivals} arrivals instead of ${planned}`;
  return (maxMs ?? 0) > SLOW_BOOT ? `an instance took ${maxMs} ms to boot` : tooLate(late, 0.6);
};

const tooLate = (late: number | null, most: number): string | undefined =>
  (late ?? 0) > most ? `${Math.round((late ?? 0) * 100)} % of the answers left late` : undefined;

/** The first measurement of two that is not spoilt; where both are, the test is skipped, and says so. */
export async function clean({ skip }: Skipping, measuring: Measuring, spoilt: Spoilt = inTime): Promise<Measured> {
  let why: string | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    const found = await measured(measuring).catch(starved);
    why = typeof found === 'string' ? found : spoilt(found.summary);
    if (typeof found !== 'string' && why === undefined) return found;
  }
  return skip(`SKIPPED: the machine is too busy to tell: ${why}`);
}

/** What the lab says of a generator that got no core to end with. */
function starved(error: unknown): string {
  if (error instanceof LabError && /^Artillery did not end within/.test(error.message)) return error.message;
  throw error;
}

/** Milliseconds that HTTP and timers take on top of what the calendar of slots says, in the median. */
export function overhead({ requests, work }: Case): number {
  const planned = new Map(
    work.flatMap(({ kind, id, waitMs = 0, slotMs = 0 }) => (kind === 'begin' ? [[id, waitMs + slotMs] as const] : [])),
  );
  const extra = requests
    .flatMap(({ id, ms }) => (planned.has(id) ? [ms - planned.get(id)!] : []))
    .sort((a, b) => a - b);
  return extra[Math.floor(extra.length / 2)] ?? Number.NaN;
}
