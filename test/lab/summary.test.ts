import { describe, expect, test } from 'vitest';
import { experimentNames, experimentOf, readExperiment } from '../../loadtests/lab/experiment.ts';
import { phasesOf } from '../../loadtests/lab/generator.ts';
import { LabError } from '../../loadtests/lab/lab-error.ts';
import { figureOf } from '../../loadtests/lab/print/figure-of.ts';
import { printReport } from '../../loadtests/lab/print/report.ts';
import { apart, ticks, widthOf } from '../../loadtests/lab/print/svg.ts';
import { faultTableOf, tableOf } from '../../loadtests/lab/print/table.ts';
import { searchLoad } from '../../loadtests/lab/search.ts';
import { paceOf } from '../../loadtests/lab/setting.ts';
import { quantile } from '../../loadtests/lab/summary/quantile.ts';
import { summarise } from '../../loadtests/lab/summary/summarise.ts';
import { TARGETS } from '../../loadtests/lab/targets.ts';
import { made, setting, ZERO } from './made-case.ts';

describe('a summary', () => {
  const [one] = summarise(setting, [made()]).cases;

  test('counts what clients saw, second by second', () => {
    expect(one).toMatchObject({ requests: 20, ok: 16, wrong: 0, failures: { ECONNRESET: 4 }, okPerSecond: 1.6 });
    expect(one?.series.ok).toEqual([2, 2, 2, 2, 0, 0, 2, 2, 2, 2]);
    expect(one?.series.failed).toEqual([0, 0, 0, 0, 2, 2, 0, 0, 0, 0]);
    expect(one?.latency).toEqual({ p50: 100, p95: 100, p99: 100 });
  });

  test('tells how a fault was found, how long it lasted, and what it cost', () => {
    expect(one?.faults).toEqual([{ at: 4, what: 'vm-2 killed', detectSeconds: 1.5, recoverSeconds: 1.6, lost: 4 }]);
    expect(one?.firstMs).toBe(100);
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
    expect(changed).toMatchObject({ wrong: 1, ok: 15, faults: [{ lost: 0, recoverSeconds: null }] });
    expect(tableOf({ setting, cases: [changed!] }).rows[0]?.join(' ')).toContain('1 WRONG, 4 × 503 full');
  });

  test('of several faults tells what each did, in a table of its own', () => {
    const { events, ...rest } = made();
    const [changed] = summarise(setting, [
      { ...rest, events: [...events, { at: ZERO + 5000, kind: 'fault', fault: 'throttled to 4/s' }] },
    ]).cases;
    expect(changed?.faults.map(({ what, lost, recoverSeconds }) => [what, lost, recoverSeconds])).toEqual([
      ['vm-2 killed', 2, 0.6],
      ['throttled to 4/s', 2, 0.6],
    ]);
    const summary = { setting, cases: [changed!] };
    expect(faultTableOf(summary)?.rows).toEqual([
      ['scale-set', 'vm-2 killed', '4.0 s', '–', '0.6 s', '2'],
      ['scale-set', 'throttled to 4/s', '5.0 s', '–', '0.6 s', '2'],
    ]);
    expect(printReport(summary)).toContain('throttled to 4/s');
    expect(faultTableOf({ setting, cases: summarise(setting, [made()]).cases })).toBe(undefined);
  });

  test('of attempts at steps that a fault let fail has their number', () => {
    const { events, ...rest } = made();
    const failed = [1, 2].map((times) => ({ at: ZERO, kind: 'step-failed', step: 'Mapper', times }) as const);
    const { cases } = summarise(setting, [{ ...rest, events: [...events, ...failed] }]);
    expect(cases[0]?.failedSteps).toEqual({ Mapper: 3 });
    const { head, rows } = tableOf({ setting, cases });
    expect([head.at(-1), rows[0]?.at(-1)]).toEqual(['steps failed', '3 × Mapper']);
    expect(printReport({ setting, cases })).toContain('<dt>steps failed</dt>');
    expect(tableOf(summarise(setting, [made()])).head).not.toContain('steps failed');
  });

  test('tells which of two faults is over, and draws how long each of them lasted', () => {
    const at = (seconds: number, kind: 'fault' | 'over', fault: string) =>
      ({ at: ZERO + seconds * 1000, kind, fault, instance: 'vm-1' }) as const;
    const events = [
      at(1, 'fault', 'paused'),
      at(3, 'fault', 'cut off'),
      at(5, 'over', 'paused'),
      at(7, 'over', 'cut off'),
    ];
    const { cases } = summarise(setting, [{ ...made(), events }]);
    const over = cases[0]?.events.filter(({ kind }) => kind === 'over');
    expect(over?.map(({ since }) => since)).toEqual([1, undefined]);
  });

  test('of a hundred thousand failures is one all the same', () => {
    const { requests, ...rest } = made();
    const many = Array.from({ length: 200_000 }, (_, k) => ({
      ...requests[8]!,
      id: `m${k}`,
      at: ZERO + 5000 + k / 100,
    }));
    const [found] = summarise(setting, [{ ...rest, requests: [...requests, ...many] }]).cases;
    expect(found?.faults[0]).toMatchObject({ lost: 200_004, recoverSeconds: 3.1 });
  });

  test.each([
    ['nobody came', { requests: [], generator: { ...made().generator, arrivals: 0 } }, /nobody came/],
    ['there are no records', { requests: [] }, /requests of 0 of 20 arrivals/],
    ['records are missing', { requests: made().requests.slice(5) }, /requests of 15 of 20 arrivals/],
  ])('says that %s', (_why, change, said) => {
    const summary = summarise(setting, [{ ...made(), ...change }]);
    expect(summary.cases[0]?.generator.saturated.join()).toMatch(said);
    expect(printReport(summary) + JSON.stringify(summary)).not.toMatch(/NaN|Infinity/);
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

test('a run that is longer than 3 minutes does not slow the control loops of a cloud down', () => {
  expect([40, 180, 3600].map(paceOf)).toEqual([4.5, 1, 1]);
});

test('phases are of whole seconds, which is what Artillery takes, and as long as the run', () => {
  const load = [0.3, 0.3, 0.4].map((share) => ({ share, perSecond: 3 }));
  expect(phasesOf({ seconds: 21, load }).map(({ seconds }) => seconds)).toEqual([6, 7, 8]);
  expect(phasesOf({ seconds: 2, load }).map(({ seconds }) => seconds)).toEqual([1, 1]);
});

test('words of the band keep off the words and marks of the row below', () => {
  const { events, ...rest } = made();
  const close = [4100, 4900, 5600].map((ms) => ({ at: ZERO + ms, kind: 'fault', fault: `slow by ${ms}` }) as const);
  const crowded = { ...rest, events: [...events, ...close].sort((a, b) => a.at - b.at) };
  const two = { ...setting, targets: [setting.targets[0]!, { ...setting.targets[0]!, name: 'other' }] };
  const { svg } = figureOf(summarise(two, [crowded, { ...crowded, name: 'other' }]));
  const band = svg.slice(0, svg.indexOf('Right answers a second'));
  const words = [...band.matchAll(/<text x="([\d.]+)" y="([\d.]+)" font-size="12"([^>]*)>([^<]*)</g)]
    .map(([, at, y, look, said]) => {
      const x = Number(at) - (look!.includes('"end"') ? widthOf(said!, 12) : 0);
      return { x, y: Number(y), end: x + widthOf(said!, 12), said: said! };
    })
    .slice(1);
  expect(words.filter(({ said }) => said.includes('slow by')).length).toBe(6);
  for (const [k, one] of words.entries())
    for (const other of words.slice(k + 1))
      expect([
        one.said,
        other.said,
        Math.abs(one.y - other.y) >= 14 || one.end <= other.x || other.end <= one.x,
      ]).toEqual([one.said, other.said, true]);
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
  expect([found.highest, found.broken]).toEqual([17, 18]);
  expect(tried.slice(0, 5)).toEqual([4, 6, 9, 14, 21]);
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
    ['no rate', { load: [{}] }, /load\[0\].perSecond: a whole number from 1 to 10000 is wanted, not undefined/],
    ['half a user', { load: [{ perSecond: 0.5 }] }, /perSecond: a whole number from 1 to 10000 is wanted, not 0.5/],
    [
      'a search that ends before it begins',
      { search: { from: 9, most: 3, p95Ms: 1, errorRate: 0 } },
      /search.most: at least search.from is wanted, 9, not 3/,
    ],
    ['a fault of no kind', { faults: [{ at: 0, kind: 'flood' }] }, /faults\[0\].kind: one of kill, .* not 'flood'/],
    ['a fault without its number', { faults: [{ at: 0, kind: 'slow' }] }, /faults\[0\].ms: a number/],
    ['a fault after the end', { faults: [{ at: 2, kind: 'kill' }] }, /faults\[0\].at: a number from 0 to 1/],
    [
      'a partition without a balancer',
      { faults: [{ at: 0, kind: 'partition', targets: ['local'] }] },
      /partition needs a balancer/,
    ],
    [
      'a storm where there are no functions',
      { faults: [{ at: 0, kind: 'cold-start-storm', targets: ['local'] }] },
      /faults\[0\]: cold-start-storm needs functions, and local has none/,
    ],
    [
      'a lost disk where there is none',
      { faults: [{ at: 0, kind: 'dependency-down', targets: ['lambda'] }] },
      /dependency-down needs a data folder, and lambda has none/,
    ],
    [
      'an instance that there never is',
      { faults: [{ at: 0, kind: 'pause', instance: 2, targets: ['scale-set'] }] },
      /faults\[0\]: pause needs an instance 2, and scale-set has none/,
    ],
    [
      'a step without a name',
      { faults: [{ at: 0, kind: 'step-fails', rate: 1 }] },
      /faults\[0\].step: a text is wanted/,
    ],
    [
      'a step that fails where others run it',
      { faults: [{ at: 0, kind: 'step-fails', step: 'Mapper', rate: 1, targets: ['lambda'] }] },
      /step-fails needs steps of workflows in its instances, and lambda has none/,
    ],
    ['a law that is none', { instance: { law: 'normal' } }, /instance.law: fixed or exponential/],
  ])('with %s is refused', (_what, change, message) => {
    expect(() => experimentOf('own', { ...right, ...change })).toThrow(message);
    expect(() => experimentOf('own', { ...right, ...change })).toThrow(LabError);
  });
});
