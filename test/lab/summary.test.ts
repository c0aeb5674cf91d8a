import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { experimentNames, experimentOf, readExperiment } from '../../loadtests/lab/experiment.ts';
import { LabError } from '../../loadtests/lab/lab-error.ts';
import { figureOf } from '../../loadtests/lab/print/figure-of.ts';
import { printReport } from '../../loadtests/lab/print/report.ts';
import { apart, ticks } from '../../loadtests/lab/print/svg.ts';
import { tableOf } from '../../loadtests/lab/print/table.ts';
import { openResults, readResults } from '../../loadtests/lab/raw.ts';
import type { Case, EventRecord, RequestRecord, Setting, WorkRecord } from '../../loadtests/lab/record.ts';
import { searchLoad } from '../../loadtests/lab/search.ts';
import { quantile } from '../../loadtests/lab/summary/quantile.ts';
import { summarise } from '../../loadtests/lab/summary/summarise.ts';
import { TARGETS } from '../../loadtests/lab/targets.ts';
import { temporary } from '../support/server.ts';

const ZERO = 1_790_000_000_000;

const setting: Setting = {
  experiment: 'test',
  title: 'A <test> & more',
  scenario: 'integral',
  command: 'skein lab run test',
  commit: 'commit 1234567',
  date: '2026-11-21T00:00:00.000Z',
  machine: { cores: 2, model: 'a', memoryGiB: 8, node: '24', system: 'Linux', artillery: '2', loadBefore: 0 },
  seconds: 10,
  pace: 18,
  load: [{ share: 1, perSecond: 2 }],
  instance: { slotMs: 100, slots: 1, law: 'fixed', backlog: 10 },
  targets: [{ name: 'scale-set', about: 'two', modelled: true, sources: ['https://example.com/rules'] }],
};

/** Two requests a second, each of 100 ms; those of seconds 4 and 5 fail. */
function made(): Case {
  const requests: RequestRecord[] = [];
  const work: WorkRecord[] = [];
  for (let k = 0; k < 20; k++) {
    const id = `r${k}`;
    const at = ZERO + k * 500;
    const fails = k >= 8 && k < 12;
    const base = { id, at, ms: 100, what: 'sums', arrival: true };
    requests.push(fails ? { ...base, error: 'ECONNRESET' } : { ...base, status: 200, pid: 7, instance: 'vm-1' });
    work.push({ at, kind: 'begin', id, pid: 7, instance: 'vm-1' });
    if (!fails) work.push({ at: at + 100, kind: 'end', id, pid: 7, instance: 'vm-1', lateMs: k === 0 ? 50 : 0 });
  }
  work.push({ at: ZERO, kind: 'begin', id: 'r0', pid: 8, instance: 'vm-2' });
  const events: EventRecord[] = [
    { at: ZERO - 500, kind: 'ready', instance: 'vm-1', pid: 7, bootMs: 300, scaled: false },
    { at: ZERO - 400, kind: 'ready', instance: 'vm-2', pid: 8, bootMs: 400, scaled: false },
    { at: ZERO + 4000, kind: 'fault', instance: 'vm-2', pid: 8, fault: 'killed' },
    { at: ZERO + 4010, kind: 'gone', instance: 'vm-2', pid: 8, scaled: false },
    { at: ZERO + 5500, kind: 'down', instance: 'vm-2' },
    { at: ZERO + 7000, kind: 'ready', instance: 'vm-3', pid: 9, bootMs: 700, scaled: true },
  ];
  const generator = {
    plannedSeconds: 10,
    plannedArrivals: 20,
    arrivals: 20,
    skipped: 0,
    spanSeconds: 10,
    cpu: 0.2,
    exitCode: 0,
  };
  return { name: 'scale-set', requests, work, events, generator };
}

describe('a summary', () => {
  const [one] = summarise(setting, [made()]).cases;

  test('counts what clients saw, second by second', () => {
    expect(one).toMatchObject({ requests: 20, ok: 16, wrong: 0, failures: { ECONNRESET: 4 }, okPerSecond: 1.6 });
    expect(one?.series.ok).toEqual([2, 2, 2, 2, 0, 0, 2, 2, 2, 2]);
    expect(one?.series.failed).toEqual([0, 0, 0, 0, 2, 2, 0, 0, 0, 0]);
    expect(one?.latency).toEqual({ p50: 100, p95: 100, p99: 100 });
  });

  test('tells how a fault was found, how long it lasted, and what it cost', () => {
    expect(one?.fault).toEqual({ at: 4, what: 'vm-2 killed', detectSeconds: 1.5, recoverSeconds: 1.6, lost: 4 });
    expect(one?.series.instances).toEqual([2, 2, 2, 2, 1, 1, 2, 2, 2, 2]);
    expect(one?.coldStarts).toEqual({ count: 1, p50Ms: 700, maxMs: 700 });
    // Four were begun and lost; the first was begun twice.
    expect(one?.work).toEqual({ begun: 20, lost: 4, doubled: 1 });
    expect(one?.events.map(({ text }) => text)).toEqual(['vm-2 killed', 'vm-2 found down', 'vm-3 ready']);
    expect(one?.late).toBeCloseTo(1 / 16, 2);
  });

  test('does not call a full queue a fault, nor a wrong answer a right one', () => {
    const { requests, ...rest } = made();
    const [changed] = summarise(setting, [
      {
        ...rest,
        requests: requests.map((r, k) =>
          r.error ? { ...r, error: '503 full' } : k === 0 ? { ...r, wrong: 'n = 10' } : r,
        ),
      },
    ]).cases;
    expect(changed).toMatchObject({ wrong: 1, ok: 15, fault: { lost: 0, recoverSeconds: 0 } });
    expect(tableOf({ setting, cases: [changed!] }).rows[0]?.join(' ')).toContain('1 WRONG, 4 × 503 full');
  });

  test.each([
    ['skipped arrivals', { skipped: 3 }, /3 arrivals were skipped/],
    ['too few arrivals', { arrivals: 1 }, /1 arrivals instead of 20/],
    ['a generator without a core', { cpu: 0.97 }, /97 % of a core/],
  ])('says that the generator was saturated: %s', (_why, change, said) => {
    const raw = made();
    const [found] = summarise(setting, [{ ...raw, generator: { ...raw.generator, ...change } }]).cases;
    expect(found?.generator.saturated.join()).toMatch(said);
    expect(figureOf({ setting, cases: [found!] }).svg).toContain('SATURATED for scale-set');
  });

  test('and the figure are the same bytes each time, and all text of others is escaped', () => {
    const print = (): string => printReport(summarise(setting, [made()])) + figureOf(summarise(setting, [made()])).svg;
    expect(print()).toBe(print());
    expect(print()).toContain('A &#60;test&#62; &#38; more');
    expect(print()).not.toContain('<test>');
    expect(figureOf(summarise(setting, [made()])).svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('quantiles are nearest ranks', () => {
  const values = Array.from({ length: 100 }, (_, k) => 100 - k);
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1), quantile([], 0.5)]).toEqual([
    50,
    95,
    100,
    null,
  ]);
});

test('labels keep apart and stay inside, ticks are round', () => {
  expect(apart([100, 101, 300], 20, 310)).toEqual([100, 120, 300]);
  expect(apart([300, 305, 309], 20, 310)).toEqual([270, 290, 310]);
  expect(ticks(22, 6)).toEqual([0, 5, 10, 15, 20, 25]);
  expect(ticks(0.7, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
});

test('the search steps up until the goal breaks, and then halves what is left', async () => {
  const tried: number[] = [];
  const meets = (most: number) => async (load: number) => {
    tried.push(load);
    return load <= most;
  };
  const found = await searchLoad({ from: 4, most: 100, within: 0.05 }, meets(17));
  expect(found.highest).toBeLessThanOrEqual(17);
  expect(found.broken).toBeGreaterThan(17);
  expect(found.broken! - found.highest!).toBeLessThanOrEqual(0.05 * found.highest!);
  expect(tried.slice(0, 5)).toEqual([4, 6, 9, 13.5, 20.25]);
  expect(tried.length).toBeLessThan(12);
  expect(await searchLoad({ from: 4, most: 100, within: 0.1 }, meets(1))).toEqual({ highest: undefined, broken: 4 });
  expect(await searchLoad({ from: 4, most: 10, within: 0.1 }, meets(50))).toEqual({ highest: 10, broken: undefined });
});

describe('an experiment', () => {
  const right = { title: 't', scenario: 'integral', load: [{ perSecond: 5 }], targets: ['local'] };

  test.each(experimentNames())('%s is a right one, and short enough for its faults', (name) => {
    const { targets, faults, seconds } = readExperiment(name);
    expect(targets.every((one) => one in TARGETS)).toBe(true);
    for (const { at, lasts = 0 } of faults) expect((at + lasts) * seconds).toBeLessThanOrEqual(seconds);
  });

  test.each([
    ['a field that is none', { speed: 1 }, /'speed' is none of title, scenario/],
    ['a scenario that is not there', { scenario: 'nope' }, /scenario: there is no scenarios\/nope.yml/],
    ['a path as scenario', { scenario: '../x' }, /scenario: there is no/],
    ['a target that is none', { targets: ['moon'] }, /targets\[0\]: one of local, .* not 'moon'/],
    [
      'shares that are too little',
      { load: [{ share: 0.5, perSecond: 1 }] },
      /load: the shares must add up to 1, not 0.5/,
    ],
    ['no rate', { load: [{}] }, /load\[0\].perSecond: a number from 0.1 to 10000 is wanted, not undefined/],
    ['a fault of no kind', { faults: [{ at: 0, kind: 'flood' }] }, /faults\[0\].kind: one of kill, .* not 'flood'/],
    ['a fault without its number', { faults: [{ at: 0, kind: 'slow' }] }, /faults\[0\].ms: a number/],
    ['a fault after the end', { faults: [{ at: 2, kind: 'kill' }] }, /faults\[0\].at: a number from 0 to 1/],
    [
      'a partition without a balancer',
      { faults: [{ at: 0, kind: 'partition', targets: ['local'] }] },
      /partition needs a balancer/,
    ],
    ['a law that is none', { instance: { law: 'normal' } }, /instance.law: fixed or exponential/],
  ])('with %s is refused', (_what, change, message) => {
    expect(() => experimentOf('own', { ...right, ...change })).toThrow(message);
    expect(() => experimentOf('own', { ...right, ...change })).toThrow(LabError);
  });
});

describe('a folder of results', () => {
  test('that holds something else is left alone', () => {
    const out = temporary();
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    expect(() => openResults(out)).toThrow(/holds something that is no result of the lab/);
  });

  test('whose run did not come to its end has no report', () => {
    const out = temporary();
    expect(() => readResults(out)).toThrow(/holds no raw\/setting.json/);
    mkdirSync(join(out, 'raw'));
    writeFileSync(join(out, 'raw/setting.json'), JSON.stringify(setting));
    expect(() => readResults(out)).toThrow(/scale-set is not complete/);
  });
});
