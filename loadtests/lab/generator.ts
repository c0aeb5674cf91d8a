import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from './experiment.ts';
import { LabError } from './lab-error.ts';
import type { Reaper } from './reaper.ts';
import type { GeneratorRecord } from './record.ts';

export const LOADTESTS = join(import.meta.dirname, '..');
const ARTILLERY = join(LOADTESTS, 'node_modules/artillery');

/** @throws LabError that says what to run */
export function needPackages(): void {
  for (const name of ['artillery', '@resvg/resvg-js', '@expo-google-fonts/inter'])
    if (!existsSync(join(LOADTESTS, 'node_modules', name)))
      throw new LabError(`the lab's own packages are missing; run: npm ci --prefix loadtests`);
}

export function artilleryVersion(): string {
  return (JSON.parse(readFileSync(join(ARTILLERY, 'package.json'), 'utf8')) as { version: string }).version;
}

export interface Phase {
  readonly seconds: number;
  readonly perSecond: number;
}

/** What arrives when; Artillery takes whole seconds. */
export function phasesOf({ seconds, load }: Pick<Experiment, 'seconds' | 'load'>): Phase[] {
  let share = 0;
  return load.flatMap((one) => {
    const from = Math.round(share * seconds);
    share += one.share;
    const whole = Math.round(share * seconds) - from;
    return whole === 0 ? [] : [{ seconds: whole, perSecond: one.perSecond }];
  });
}

export interface GenerateOptions {
  readonly scenario: string;
  readonly url: string;
  readonly phases: readonly Phase[];
  /** Where a line for each request goes. */
  readonly raw: string;
  /** Where Artillery's own report goes. */
  readonly report: string;
  readonly reaper: Reaper;
  readonly signal: AbortSignal;
}

/** Seconds that Artillery may take to start, and to end, beyond what it was asked for. */
const PATIENCE = 90;

/** An instrument that waits for a core measures its own waiting: it goes before what it measures, where the system allows that. */
function goBefore(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, -5);
  } catch {
    // Only root may; what it costs shows in the arrivals.
  }
}

interface Report {
  readonly aggregate: {
    readonly counters?: Readonly<Record<string, number>>;
    readonly firstCounterAt?: number;
    readonly lastCounterAt?: number;
  };
}

/**
 * Lets users of a scenario arrive as a Poisson process, in a process of Artillery's.
 *
 * @throws LabError where Artillery fails, or does not end in time
 */
export async function generate(options: GenerateOptions): Promise<GeneratorRecord> {
  const { scenario, url, phases, raw, report, reaper, signal } = options;
  const plannedSeconds = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  const overrides = {
    config: {
      phases: phases.map(({ seconds, perSecond }) => ({ duration: seconds, arrivalRate: perSecond, mode: 'poisson' })),
    },
  };
  const file = join(LOADTESTS, 'scenarios', `${scenario}.yml`);
  const args = ['run', '-q', '-e', 'lab', '--overrides', JSON.stringify(overrides), '-o', report, file];
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [join(ARTILLERY, 'bin/run'), ...args], {
    cwd: LOADTESTS,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), URL: url, LAB_RAW: raw, ARTILLERY_DISABLE_TELEMETRY: 'true' },
  });
  reaper.process(child.pid ?? 0);
  goBefore(child.pid);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4000);
    });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  const late = setTimeout(stop, (plannedSeconds + PATIENCE) * 1000);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  clearTimeout(late);
  signal.removeEventListener('abort', stop);
  reaper.ended(child.pid ?? 0);
  signal.throwIfAborted();
  if (exitCode === null) throw new LabError(`Artillery did not end within ${plannedSeconds + PATIENCE} seconds`);
  // A condition of the scenario that does not hold ends with 1, and there is a report all the same.
  if (!existsSync(report) || exitCode > 1) throw new LabError(`Artillery ended with ${exitCode}:\n${said.trim()}`);
  const { aggregate } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  // All else in it is in 10-second steps, and the raw records have it by the request.
  rmSync(report);
  return recordOf(aggregate, phases, plannedSeconds, exitCode);
}

function recordOf(
  { counters = {}, firstCounterAt = 0, lastCounterAt = 0 }: Report['aggregate'],
  phases: readonly Phase[],
  plannedSeconds: number,
  exitCode: number,
): GeneratorRecord {
  const wallMs = counters['lab.generator.wallMs'] ?? 0;
  return {
    plannedSeconds,
    plannedArrivals: phases.reduce((sum, { seconds, perSecond }) => sum + seconds * perSecond, 0),
    arrivals: counters['vusers.created'] ?? 0,
    skipped: counters['vusers.skipped'] ?? 0,
    spanSeconds: (lastCounterAt - firstCounterAt) / 1000,
    cpu: wallMs > 0 ? Math.round(((counters['lab.generator.cpuMs'] ?? 0) / wallMs) * 1000) / 1000 : null,
    exitCode,
  };
}
