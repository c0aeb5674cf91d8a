import { faultText } from '../faults.ts';
import type { EventRecord, RequestRecord } from '../record.ts';
import { rounded } from './quantile.ts';
import type { FaultSummary, ShownEvent } from './summary.ts';

/** What a fault is called that ends all instances. */
const RECLAIMED = faultText({ kind: 'cold-start-storm' });

/** What a queue that is full answers; any other failure is the fault's. */
const FULL = new Set(['503 full', '503 waited']);

const since = (zero: number, at: number): number => rounded((at - zero) / 1000, 2);

/** What the figure marks: faults, what the balancer found out, instances that came and went. */
export function eventsOf(zero: number, seconds: number, events: readonly EventRecord[]): ShownEvent[] {
  const shown: ShownEvent[] = [];
  const expected = new Set<string>();
  let reclaimed = Number.NEGATIVE_INFINITY;
  for (const { at, kind, instance = '', fault = '', scaled } of events) {
    const add = (text: string, of: ShownEvent['kind'], more: Pick<ShownEvent, 'since'> = {}): void =>
      void shown.push({ at: since(zero, at), text: instance === '' ? text : `${instance} ${text}`, kind: of, ...more });
    if (at < zero || at > zero + seconds * 1000) continue;
    if (kind === 'fault') {
      if (fault.startsWith('killed')) expected.add(instance);
      if (fault === RECLAIMED) reclaimed = at;
      add(fault, 'fault');
    } else if (kind === 'over') {
      const began = events.filter((one) => one.kind === 'fault' && one.at <= at);
      const own = began.findLast((one) => one.fault === fault && (one.instance ?? '') === instance);
      // Faults may overlap.
      const other = own !== undefined && own !== began.at(-1);
      add('well again', 'over', other ? { since: since(zero, own.at) } : {});
    } else if (kind === 'down') add('found down', 'health');
    else if (kind === 'up') add('found up', 'health');
    else if (kind === 'ready') add('ready', 'scale');
    else if (kind === 'leaving') add('leaves', 'scale');
    else if (kind === 'gone' && !scaled && !expected.has(instance) && at > reclaimed + 1000) add('gone', 'fault');
  }
  return shown;
}

/** How many attempts at each step faults let fail. */
export function failedStepsOf(events: readonly EventRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, step = '', times = 0 } of events)
    if (kind === 'step-failed') counts[step] = (counts[step] ?? 0) + times;
  return counts;
}

/**
 * What each fault did, until the next one or the end: a failure is laid to it that no full queue explains.
 */
export function faultsOf(
  zero: number,
  requests: readonly RequestRecord[],
  events: readonly EventRecord[],
): FaultSummary[] {
  const faults = events.filter(({ kind }) => kind === 'fault');
  return faults.map((fault, k) => {
    const end = faults[k + 1]?.at ?? Number.POSITIVE_INFINITY;
    const down = events.find(
      ({ kind, instance, at }) => kind === 'down' && instance === fault.instance && at >= fault.at && at < end,
    );
    const over = requests
      .filter(({ error }) => error !== undefined && !FULL.has(error))
      .map(({ at, ms }) => at + ms)
      .filter((at) => at >= fault.at && at < end);
    const last = over.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
    return {
      at: since(zero, fault.at),
      what: [fault.instance, fault.fault].filter((one) => one !== undefined).join(' '),
      detectSeconds: down === undefined ? null : rounded((down.at - fault.at) / 1000, 2),
      recoverSeconds: over.length === 0 ? null : rounded((last - fault.at) / 1000, 2),
      lost: over.length,
    };
  });
}
