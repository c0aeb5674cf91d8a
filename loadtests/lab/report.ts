import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';
import { figureOf } from './print/figure-of.ts';
import { toPng } from './print/png.ts';
import { printReport } from './print/report.ts';
import { MADE, readResults } from './raw.ts';
import { summarise } from './summary/summarise.ts';
import type { Summary } from './summary/summary.ts';

/**
 * Makes summary, figure and report of what is in `raw/`, and of nothing else.
 *
 * @throws LabError
 */
export function report(out: string): Summary {
  const { setting, cases } = readResults(out);
  const summary = summarise(setting, cases);
  write(out, MADE.summary, `${JSON.stringify(summary, null, 2)}\n`);
  write(out, MADE.figure, toPng(figureOf(summary).svg));
  write(out, MADE.report, printReport(summary));
  return summary;
}

function write(out: string, name: string, content: string | Uint8Array): void {
  try {
    writeFileSync(join(out, name), content);
  } catch (error) {
    throw new LabError(`${join(out, name)} cannot be written: ${(error as Error).message}`);
  }
}
