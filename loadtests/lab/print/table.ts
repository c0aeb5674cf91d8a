import type { CaseSummary, FaultSummary, SearchSummary, Summary } from '../summary/summary.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a search found, a row for each load that was tried. */
function searchTable(searches: readonly SearchSummary[]): Table {
  return {
    head: ['', 'users/s', 'right/s', 'p95', 'failed', 'meets the goal'],
    rows: searches.flatMap(({ target, highest, steps }) =>
      steps.map(({ perSecond, okPerSecond, p95Ms, errorRate, meets }) => [
        target,
        String(perSecond),
        okPerSecond.toFixed(1),
        ms(p95Ms),
        `${(errorRate * 100).toFixed(1)} %`,
        perSecond === highest ? 'yes, the highest' : meets ? 'yes' : 'no',
      ]),
    ),
  };
}

/** The figures of each target in words; `–` is where there is none. */
export function tableOf({ cases, searches }: Summary): Table {
  if (searches !== undefined) return searchTable(searches);
  const steps = cases.some(({ failedSteps }) => failedSteps !== undefined);
  return {
    head: [
      '',
      'requests',
      'right',
      'right/s',
      'p50',
      'p95',
      'p99',
      'failed, by why',
      'cold starts',
      'first answer',
      'detected',
      'recovered',
      'lost to it',
      'work lost',
      'doubled',
      '$ a million',
      ...(steps ? ['steps failed'] : []),
    ],
    rows: cases.map((one) => [...row(one), ...(steps ? [failedSteps(one)] : [])]),
  };
}

function row(one: CaseSummary): string[] {
  const { latency, coldStarts, faults, work } = one;
  // Of several each has a row in a table of its own.
  const [found, recovered, lost] = faults.length > 1 ? ['below', 'below', 'below'] : effectOf(faults[0]);
  return [
    one.name,
    String(one.requests),
    String(one.ok),
    one.okPerSecond.toFixed(1),
    ms(latency.p50),
    ms(latency.p95),
    ms(latency.p99),
    [
      ...(one.wrong > 0 ? [`${one.wrong} WRONG`] : []),
      ...Object.entries(one.failures).map(([why, times]) => `${times} × ${why}`),
    ].join(', ') || '0',
    coldStarts.count === 0 ? '0' : `${coldStarts.count}, ${ms(coldStarts.p50Ms)}`,
    ms(one.firstMs),
    found,
    recovered,
    lost,
    work === null ? '–' : String(work.lost),
    work === null ? '–' : String(work.doubled),
    one.cost === null ? '–' : one.cost.toFixed(2),
  ];
}

const failedSteps = (one: CaseSummary): string =>
  Object.entries(one.failedSteps ?? {})
    .map(([step, times]) => `${times} × ${step}`)
    .join(', ') || '0';

/** Each fault, where a target had more than one. */
export function faultTableOf({ cases }: Summary): Table | undefined {
  if (cases.every(({ faults }) => faults.length < 2)) return undefined;
  return {
    head: ['', 'fault', 'at', 'detected', 'recovered', 'lost to it'],
    rows: cases.flatMap(({ name, faults }) =>
      faults.map((fault) => [name, fault.what, `${fault.at.toFixed(1)} s`, ...effectOf(fault)]),
    ),
  };
}

function effectOf(fault: FaultSummary | undefined): [found: string, recovered: string, lost: string] {
  const seconds = (value: number | null | undefined): string => (value == null ? '–' : `${value.toFixed(1)} s`);
  return [
    seconds(fault?.detectSeconds),
    seconds(fault?.recoverSeconds),
    fault === undefined ? '–' : String(fault.lost),
  ];
}

const ms = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
