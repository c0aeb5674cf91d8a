import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figureOf } from './print/figure-of.ts';
import { toPng } from './print/png.ts';
import { printReport } from './print/report.ts';
import { readResults } from './raw.ts';
import { summarise } from './summary/summarise.ts';
import type { Summary } from './summary/summary.ts';

/** Makes summary, figure and report of what is in `raw/`, and of nothing else. */
export function report(out: string): Summary {
  const { setting, cases } = readResults(out);
  const summary = summarise(setting, cases);
  writeFileSync(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(join(out, 'figure.png'), toPng(figureOf(summary).svg));
  writeFileSync(join(out, 'report.html'), printReport(summary));
  return summary;
}
