import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LabError } from './lab-error.ts';
import type { Case, EventRecord, GeneratorRecord, RequestRecord, Setting, WorkRecord } from './record.ts';

/** Where the records of one target are, while they are written. */
export interface CaseFiles {
  readonly requests: string;
  readonly report: string;
  write(records: Omit<Case, 'name' | 'requests'>): void;
}

/** What is made of `raw/`. */
export const MADE = { summary: 'summary.json', figure: 'figure.png', report: 'report.html' } as const;

/**
 * A folder for results. One that is there must be empty, or hold results, which are replaced.
 *
 * @throws LabError
 */
export function openResults(out: string): string {
  // Artillery runs elsewhere.
  const raw = resolve(out, 'raw');
  try {
    if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(raw, 'setting.json')))
      throw new LabError(`--out: ${out} holds something that is no result of the lab; name another folder`);
    // What was made of other records would lie beside these, where the run is interrupted.
    for (const old of [raw, ...Object.values(MADE).map((name) => join(out, name))])
      rmSync(old, { recursive: true, force: true });
    makeFolder(raw);
  } catch (error) {
    throw error instanceof LabError
      ? error
      : new LabError(`--out: ${out} cannot be written: ${(error as Error).message}`);
  }
  return raw;
}

/** One after the other: Node's own recursion has no end where the system has a folder that can have no other in it, such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

export function openCase(raw: string, name: string): CaseFiles {
  const folder = join(raw, name);
  mkdirSync(folder, { recursive: true });
  const requests = join(folder, 'requests.ndjson');
  writeFileSync(requests, '');
  return {
    requests,
    report: join(folder, 'artillery.json'),
    write({ work, events, generator }) {
      writeFileSync(join(folder, 'work.ndjson'), lines(work));
      writeFileSync(join(folder, 'events.ndjson'), lines(events));
      writeFileSync(join(folder, 'generator.json'), `${JSON.stringify(generator, null, 2)}\n`);
    },
  };
}

export function writeSetting(raw: string, setting: Setting): void {
  writeFileSync(join(raw, 'setting.json'), `${JSON.stringify(setting, null, 2)}\n`);
}

/** @throws LabError where the folder holds no results */
export function readResults(out: string): { setting: Setting; cases: Case[] } {
  const raw = join(out, 'raw');
  if (!existsSync(join(raw, 'setting.json'))) throw new LabError(`${out} holds no raw/setting.json of the lab`);
  const file = join(raw, 'setting.json');
  const setting = readJson<Setting | null>(file);
  if (!Array.isArray(setting?.targets)) throw new LabError(`${file} is no setting of the lab`);
  return { setting, cases: setting.targets.map(({ name }) => readCase(raw, name)) };
}

export function readCase(raw: string, name: string): Case {
  const folder = join(raw, name);
  if (!existsSync(join(folder, 'generator.json')))
    throw new LabError(`${folder} is not complete: the run did not come to its end`);
  return {
    name,
    requests: parsedLines<RequestRecord>(join(folder, 'requests.ndjson')),
    work: parsedLines<WorkRecord>(join(folder, 'work.ndjson')),
    events: parsedLines<EventRecord>(join(folder, 'events.ndjson')),
    generator: readJson<GeneratorRecord>(join(folder, 'generator.json')),
  };
}

function lines(records: readonly unknown[]): string {
  return records.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** A line at a time: all of a long run's records are more than one string may hold. */
function parsedLines<T extends { readonly at: number }>(file: string): T[] {
  const bytes = bytesOf(file);
  const records: T[] = [];
  for (let from = 0, line = 1; from < bytes.length; line++) {
    const end = bytes.indexOf('\n', from);
    const to = end < 0 ? bytes.length : end;
    if (to > from) {
      const where = `${file}, line ${line},`;
      const record = parsedText<T | null>(bytes.toString('utf8', from, to), where);
      if (typeof record?.at !== 'number') throw new LabError(`${where} is no record of the lab`);
      records.push(record);
    }
    from = to + 1;
  }
  return records;
}

/** @throws LabError where the file cannot be read, or is not JSON */
export function readJson<T>(file: string): T {
  return parsedText<T>(bytesOf(file).toString('utf8'), file);
}

function parsedText<T>(text: string, where: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new LabError(`${where} is not JSON: ${(error as Error).message}`);
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new LabError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
