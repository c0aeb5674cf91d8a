import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FAULT_FIELDS, type FaultAction, type PlannedFault, refusal } from './faults.ts';
import type { SlotRules } from './instance/slots.ts';
import { LabError } from './lab-error.ts';
import { readJson } from './raw.ts';
import type { SearchRange } from './search.ts';
import { type LocalTarget, TARGETS } from './targets.ts';

/** A question, as data: which users, how many, on what, and what goes wrong meanwhile. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** A file of `scenarios/`, without `.yml`. */
  readonly scenario: string;
  readonly seconds: number;
  /** Arrivals a second, one after the other for a share of the run. */
  readonly load: readonly { readonly share: number; readonly perSecond: number }[];
  readonly instance: Required<SlotRules>;
  readonly targets: readonly string[];
  readonly faults: readonly PlannedFault[];
  /** Where it looks for the highest load that still meets a goal, instead of one load for all the time. */
  readonly search?: Search;
}

/** A goal, and where to look for the highest load that meets it. */
export interface Search extends SearchRange {
  readonly p95Ms: number;
  readonly errorRate: number;
}

const FOLDER = join(import.meta.dirname, '../experiments');
const SCENARIOS = join(import.meta.dirname, '../scenarios');

export function experimentNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();
}

/**
 * Reads an experiment by its name, or from a file of one's own.
 *
 * @throws LabError naming the field that is wrong
 */
export function readExperiment(nameOrFile: string): Experiment {
  const own = nameOrFile.endsWith('.json');
  const file = own ? nameOrFile : join(FOLDER, `${nameOrFile}.json`);
  if (own ? !existsSync(file) : !experimentNames().includes(nameOrFile))
    throw new LabError(
      own ? `no file ${nameOrFile}` : `no experiment '${nameOrFile}' (there are: ${experimentNames().join(', ')})`,
    );
  return experimentOf(basename(file, '.json'), readJson(file));
}

/** @throws LabError naming the field that is wrong */
export function experimentOf(name: string, data: unknown): Experiment {
  const fields = record(data, name);
  only(fields, ['title', 'scenario', 'seconds', 'load', 'instance', 'targets', 'faults', 'search'], name);
  const scenario = text(fields.scenario, 'scenario');
  if (!/^[\w-]+$/.test(scenario) || !existsSync(join(SCENARIOS, `${scenario}.yml`)))
    throw new LabError(`scenario: there is no scenarios/${scenario}.yml`);
  const instance = record(fields.instance ?? {}, 'instance');
  only(instance, ['slotMs', 'slots', 'law', 'backlog'], 'instance');
  const law = instance.law ?? 'fixed';
  if (law !== 'fixed' && law !== 'exponential')
    throw new LabError(`instance.law: fixed or exponential, not ${JSON.stringify(law)}`);
  const load = list(fields.load, 'load').map((one, at) => {
    const phase = record(one, `load[${at}]`);
    only(phase, ['share', 'perSecond'], `load[${at}]`);
    return {
      share: number(phase.share ?? 1, `load[${at}].share`, 0.01, 1),
      perSecond: whole(phase.perSecond, `load[${at}].perSecond`, 1, 10_000),
    };
  });
  const shares = load.reduce((sum, { share }) => sum + share, 0);
  if (Math.abs(shares - 1) > 1e-6) throw new LabError(`load: the shares must add up to 1, not ${shares}`);
  return {
    name,
    title: text(fields.title, 'title'),
    scenario,
    seconds: whole(fields.seconds ?? 40, 'seconds', 2, 3600),
    load,
    instance: {
      slotMs: number(instance.slotMs ?? 0, 'instance.slotMs', 0, 60_000),
      slots: whole(instance.slots ?? 1, 'instance.slots', 1, 1000),
      law,
      backlog: whole(instance.backlog ?? 1000, 'instance.backlog', 0, 100_000),
    },
    targets: list(fields.targets, 'targets').map((one, at) => target(one, `targets[${at}]`)),
    faults: list(fields.faults ?? [], 'faults').map((one, at) => fault(one, `faults[${at}]`)),
    ...(fields.search !== undefined && { search: search(fields.search) }),
  };
}

function search(data: unknown): Search {
  const fields = record(data, 'search');
  only(fields, ['from', 'most', 'p95Ms', 'errorRate', 'within'], 'search');
  const [from, most] = [fields.from, fields.most];
  if (typeof from === 'number' && typeof most === 'number' && from > most)
    throw new LabError(`search.most: at least search.from is wanted, ${from}, not ${most}`);
  return {
    from: whole(fields.from, 'search.from', 1, 10_000),
    most: whole(fields.most, 'search.most', 1, 10_000),
    p95Ms: number(fields.p95Ms, 'search.p95Ms', 1, 60_000),
    errorRate: number(fields.errorRate, 'search.errorRate', 0, 1),
    within: number(fields.within ?? 0.1, 'search.within', 0.01, 1),
  };
}

function fault(data: unknown, where: string): PlannedFault {
  const fields = record(data, where);
  const kind = text(fields.kind, `${where}.kind`) as FaultAction['kind'];
  if (!Object.hasOwn(FAULT_FIELDS, kind))
    throw new LabError(`${where}.kind: one of ${Object.keys(FAULT_FIELDS).join(', ')}, not '${kind}'`);
  const needs = FAULT_FIELDS[kind];
  const extra = [
    ...(needs === undefined ? [] : [needs[0]]),
    ...(kind === 'kill' ? ['restart'] : kind === 'step-fails' ? ['step'] : []),
  ];
  only(fields, ['kind', 'at', 'lasts', 'instance', 'targets', ...extra], where);
  if (needs !== undefined) number(fields[needs[0]], `${where}.${needs[0]}`, needs[1], needs[2]);
  if (kind === 'step-fails') text(fields.step, `${where}.step`);
  if (fields.restart !== undefined && typeof fields.restart !== 'boolean')
    throw new LabError(`${where}.restart: true or false, not ${JSON.stringify(fields.restart)}`);
  number(fields.at, `${where}.at`, 0, 1);
  if (fields.lasts !== undefined) number(fields.lasts, `${where}.lasts`, 0, 1);
  if (fields.instance !== undefined) whole(fields.instance, `${where}.instance`, 0, 1000);
  const targets = fields.targets === undefined ? Object.keys(TARGETS) : list(fields.targets, `${where}.targets`);
  for (const [at, one] of targets.entries()) {
    const name = target(one, `${where}.targets[${at}]`);
    const why = refusal(fields as unknown as PlannedFault, TARGETS[name] as LocalTarget);
    if (fields.targets !== undefined && why !== undefined)
      throw new LabError(`${where}: ${kind} ${why}, and ${name} has none`);
  }
  return fields as unknown as PlannedFault;
}

function target(value: unknown, where: string): string {
  const name = text(value, where);
  if (!Object.hasOwn(TARGETS, name))
    throw new LabError(`${where}: one of ${Object.keys(TARGETS).join(', ')}, not '${name}'`);
  return name;
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, where: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new LabError(`${where}: an object is wanted, not ${JSON.stringify(value)}`);
  return value as Fields;
}

function only(fields: Fields, known: readonly string[], where: string): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new LabError(`${where}: '${unknown}' is none of ${known.join(', ')}`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new LabError(`${where}: a list is wanted, not ${JSON.stringify(value)}`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '')
    throw new LabError(`${where}: a text is wanted, not ${JSON.stringify(value)}`);
  return value;
}

function number(value: unknown, where: string, from: number, to: number): number {
  if (typeof value !== 'number' || !(value >= from && value <= to))
    throw new LabError(`${where}: a number from ${from} to ${to} is wanted, not ${JSON.stringify(value)}`);
  return value;
}

function whole(value: unknown, where: string, from: number, to: number): number {
  if (!Number.isInteger(value))
    throw new LabError(`${where}: a whole number from ${from} to ${to} is wanted, not ${JSON.stringify(value)}`);
  return number(value, where, from, to);
}
