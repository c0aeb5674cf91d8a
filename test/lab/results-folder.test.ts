import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LabError } from '../../loadtests/lab/lab-error.ts';
import { openCase, openResults, readResults } from '../../loadtests/lab/raw.ts';
import { temporary } from '../support/server.ts';
import { made, setting } from './made-case.ts';

describe('a folder of results', () => {
  test('that holds something else is left alone', () => {
    const out = temporary();
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    expect(() => openResults(out)).toThrow(/holds something that is no result of the lab/);
  });

  test('that cannot be one is named, and so is why', () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    const message = /^--out: .* cannot be written: E/;
    for (const out of [file, join(file, 'below'), ...(existsSync('/proc/self') ? ['/proc/none/below'] : [])]) {
      expect(() => openResults(out)).toThrow(message);
      expect(() => openResults(out)).toThrow(LabError);
    }
  });

  test('that is used again has nothing of the run before', () => {
    const out = complete();
    for (const name of ['summary.json', 'figure.png', 'report.html']) writeFileSync(join(out, name), 'old');
    openResults(out);
    expect(readdirSync(out)).toEqual(['raw']);
    expect(readdirSync(join(out, 'raw'))).toEqual([]);
  });

  test.each([
    ['half a line', 'requests.ndjson', (text: string) => text.slice(0, -9), /requests\.ndjson, line 20, is not JSON/],
    ['what is no record', 'events.ndjson', (text: string) => `${text}null\n`, /events\.ndjson, line 7, is no record/],
    ['half a file', 'generator.json', () => '{', /generator\.json is not JSON/],
  ])('with %s says where', (_what, name, change, message) => {
    const out = complete();
    const file = join(out, 'raw/scale-set', name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    expect(() => readResults(out)).toThrow(message);
    expect(() => readResults(out)).toThrow(LabError);
    writeFileSync(join(out, 'raw/setting.json'), '{}');
    expect(() => readResults(out)).toThrow(/setting\.json is no setting of the lab/);
  });

  /** Results of the made case. */
  function complete(): string {
    const out = join(temporary(), 'out');
    const raw = openResults(out);
    writeFileSync(join(raw, 'setting.json'), JSON.stringify(setting));
    const { requests, ...rest } = made();
    const files = openCase(raw, 'scale-set');
    files.write(rest);
    writeFileSync(files.requests, requests.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(readResults(out).cases).toEqual([made()]);
    return out;
  }

  test('whose run did not come to its end has no report', () => {
    const out = temporary();
    expect(() => readResults(out)).toThrow(/holds no raw\/setting.json/);
    mkdirSync(join(out, 'raw'));
    writeFileSync(join(out, 'raw/setting.json'), JSON.stringify(setting));
    expect(() => readResults(out)).toThrow(/scale-set is not complete/);
  });
});
