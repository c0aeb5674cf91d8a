import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../exit.ts';
import { note } from '../output.ts';
import { ownPackage } from '../own-package.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

const WHAT = ['run', 'compare', 'report'] as const;
type What = (typeof WHAT)[number];

export const lab = verb({
  name: 'lab',
  summary: 'measure how targets scale and fail, under load',
  args: '<what> [name]',
  options: {
    targets: {
      type: 'string',
      value: 'A,B',
      help: 'which: names of the lab, or deployments as name=https://… (those of the experiment)',
    },
    minutes: { type: 'string', value: 'N', help: 'how long each target is measured (that of the experiment)' },
    full: { type: 'boolean', help: 'compare: 3 minutes a target instead of 40 seconds' },
    out: { type: 'string', value: 'FOLDER', help: 'where the results go (.skein/lab/<experiment>)' },
  },
  details: `compare           one service on one machine, a scale set, a web app and functions
run <experiment>  an experiment of loadtests/experiments, or a file of your own that ends in .json
report <folder>   makes summary, figure and report again, of what is in <folder>/raw alone

Experiments: capacity, cold-starts, compare, failed-steps, faults, killed-worker, lost-disk, lost-instance, poll-spike, scale-in,
statistics.
Targets: local, scale-set, scale-set-retry, web-app, function; and lambda and azure-functions, which are the rooms aws and azure.

Prints a table; writes summary.json, figure.png, report.html and raw/, which holds one record a request. It ends with 1 where an
answer was wrong or the generator could not keep up. Its packages are its own: npm ci --prefix loadtests.`,
  examples: [
    'skein lab compare --out results',
    'skein lab run capacity --targets local',
    'skein lab run lost-instance --minutes 3',
    'skein lab compare --targets local,lambda,azure-functions',
    'skein lab report results',
  ],
  async run({ args: [given = '', name = ''], values }) {
    const what = whatOf(given);
    if (what === 'compare' ? name !== '' : name === '')
      throw new UsageError(
        what === 'compare' ? `lab compare: '${name}' is one argument too many` : `lab ${what}: a name is missing`,
        SEE,
      );
    const idle = what === 'report' ? Object.keys(values).find((option) => MEASURES.includes(option)) : undefined;
    if (idle !== undefined) throw new UsageError(`lab report: --${idle} is for run and compare`, SEE);
    if (values.out === '') throw new UsageError("--out: a folder is wanted, not ''", SEE);
    const bin = join(ownPackage().root, 'loadtests/lab/bin.ts');
    if (!existsSync(bin)) throw new UsageError('the lab is a part of a checkout of skein, not of the package');
    const seconds = secondsOf(what, values.minutes, values.full === true);
    return perform(bin, {
      what,
      name,
      ...(values.targets !== undefined && { targets: values.targets.split(',').map((one) => one.trim()) }),
      ...(seconds !== undefined && { seconds }),
      out: values.out ?? join('.skein/lab', what === 'compare' ? what : name.replace(/^.*\/|\.json$/g, '')),
      command: ['skein lab', ...process.argv.slice(3)].join(' '),
    });
  },
});

const SEE = 'skein lab --help';
/** Options that `report`, which measures nothing, has no use for. */
const MEASURES = ['targets', 'minutes', 'full', 'out'];
const FULL_SECONDS = 180;

function whatOf(given: string): What {
  const what = WHAT.find((one) => one === given);
  if (what === undefined) throw new UsageError(`lab: one of ${WHAT.join(', ')} is wanted, not '${given}'`, SEE);
  return what;
}

function secondsOf(what: What, minutes: string | undefined, full: boolean): number | undefined {
  if (full && what !== 'compare') throw new UsageError('--full: only compare has it; run takes --minutes', SEE);
  if (full && minutes !== undefined) throw new UsageError('--full and --minutes: one of them', SEE);
  if (full) return FULL_SECONDS;
  if (minutes === undefined) return undefined;
  const value = Number(minutes);
  if (!(value >= 0.05 && value <= 60))
    throw new UsageError(`--minutes: a number from 0.05 to 60, not '${minutes}'`, SEE);
  return value * 60;
}

/** In a process of its own, which ends what it started when this one is gone. */
function perform(bin: string, request: Readonly<Record<string, unknown>>): Promise<number> {
  const child = spawn(process.execPath, [bin, JSON.stringify(request)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends SIGINT to both; only the lab knows what has to be cleaned up.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code !== null) resolve(code);
      // Before it listens for them, which takes it half a second.
      else if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') resolve(EXIT.interrupted);
      else {
        note(`skein: the lab was ended by ${signal}; nothing that it started is left`);
        resolve(EXIT.defect);
      }
    });
  });
}
