import { join } from 'node:path';
import { readExperiment } from './experiment.ts';
import { needPackages } from './generator.ts';
import { LabError } from './lab-error.ts';
import { faultTableOf, type Table, tableOf } from './print/table.ts';
import { MADE } from './raw.ts';
import { startReaper } from './reaper.ts';
import { report } from './report.ts';
import type { LabRequest } from './request.ts';
import { run } from './run.ts';
import type { Summary } from './summary/summary.ts';

/** Exit codes, as the command line has them. */
const OK = 0;
const FAILED = 1;
const USAGE = 2;
const INTERRUPTED = 130;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// Whoever started the lab is gone.
process.on('disconnect', () => stop.abort());

process.exitCode = await main(JSON.parse(process.argv[2] ?? '{}') as LabRequest);
if (process.connected) process.disconnect();

async function main(request: LabRequest): Promise<number> {
  try {
    needPackages();
    if (request.what !== 'report') await measureAll(request);
    return conclude(report(request.what === 'report' ? request.name : request.out), request);
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED;
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`skein lab: ${error.message}\n`);
    return USAGE;
  }
}

async function measureAll({ what, name, targets, seconds, out, command }: LabRequest): Promise<void> {
  const read = readExperiment(what === 'compare' ? 'compare' : name);
  const experiment = { ...read, seconds: Math.round(seconds ?? read.seconds) };
  const reaper = startReaper();
  try {
    await run({ experiment, targets: targets ?? experiment.targets, out, command, reaper, signal: stop.signal });
  } finally {
    await reaper.close();
  }
}

/** The table goes to standard output; what is wrong with the figures to standard error, and into the exit code. */
function conclude(summary: Summary, { what, name, out }: LabRequest): number {
  for (const table of [tableOf(summary), faultTableOf(summary)]) if (table !== undefined) printTable(table);
  const folder = what === 'report' ? name : out;
  const written = [MADE.figure, MADE.report, MADE.summary, 'raw/'].map((file) => join(folder, file));
  process.stderr.write(`${written.join(', ')}\n`);
  let code = OK;
  for (const { name: target, wrong, generator } of summary.cases) {
    if (wrong > 0) {
      process.stderr.write(`skein lab: ${target}: ${wrong} wrong answers\n`);
      code = FAILED;
    }
    for (const why of generator.saturated) {
      process.stderr.write(`skein lab: ${target}: the generator was saturated: ${why}\n`);
      code = FAILED;
    }
  }
  return code;
}

function printTable({ head, rows }: Table): void {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  for (const row of all)
    process.stdout.write(
      `${row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
