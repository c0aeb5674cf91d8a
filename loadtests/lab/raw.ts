import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LabError } from './lab-error.ts';
import type { Case, EventRecord, GeneratorRecord, RequestRecord, Setting, WorkRecord } from './record.ts';

/** Where the records of one target are, while they are written. */
export interface CaseFiles {
  readonly requests: string;
  readonly report: string;
  write(records: Omit<Case, 'name' | 'requests'>): void;
}

/**
 * A folder for results. One that is there must be empty, or hold results, which are replaced.
 *
 * @throws LabError
 */
export function openResults(out: string): string {
  // Artillery runs elsewhere.
  const raw = resolve(out, 'raw');
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(raw, 'setting.json')))
    throw new LabError(`--out: ${out} holds something that is no result of the lab; name another folder`);
  rmSync(raw, { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  return raw;
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
  const setting = JSON.parse(readFileSync(join(raw, 'setting.json'), 'utf8')) as Setting;
  return { setting, cases: setting.targets.map(({ name }) => readCase(raw, name)) };
}

export function readCase(raw: string, name: string): Case {
  const folder = join(raw, name);
  if (!existsSync(join(folder, 'generator.json')))
    throw new LabError(`${folder} is not complete: the run did not come to its end`);
  const read = <T>(file: string): T[] => parseLines(readFileSync(join(folder, file), 'utf8'));
  return {
    name,
    requests: read<RequestRecord>('requests.ndjson'),
    work: read<WorkRecord>('work.ndjson'),
    events: read<EventRecord>('events.ndjson'),
    generator: JSON.parse(readFileSync(join(folder, 'generator.json'), 'utf8')) as GeneratorRecord,
  };
}

function lines(records: readonly unknown[]): string {
  return records.map((one) => `${JSON.stringify(one)}\n`).join('');
}

function parseLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
