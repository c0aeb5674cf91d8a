import type { CaseSummary, SearchSummary, Summary } from '../summary/summary.ts';

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
      'found',
      'last failure',
      'lost to it',
      'work lost',
      'doubled',
      '$ a million',
    ],
    rows: cases.map(row),
  };
}

function row(one: CaseSummary): string[] {
  const { latency, coldStarts, fault, work } = one;
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
    fault === null || fault.detectSeconds === null ? '–' : `${fault.detectSeconds.toFixed(1)} s`,
    fault === null ? '–' : `${fault.recoverSeconds.toFixed(1)} s`,
    fault === null ? '–' : String(fault.lost),
    work === null ? '–' : String(work.lost),
    work === null ? '–' : String(work.doubled),
    one.cost === null ? '–' : one.cost.toFixed(2),
  ];
}

const ms = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
