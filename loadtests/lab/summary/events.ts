import type { EventRecord, RequestRecord } from '../record.ts';
import { rounded } from './quantile.ts';
import type { FaultSummary, ShownEvent } from './summary.ts';

/** What a queue that is full answers; any other failure is the fault's. */
const FULL = new Set(['503 full', '503 waited']);

const since = (zero: number, at: number): number => rounded((at - zero) / 1000, 2);

/** What the figure marks: faults, what the balancer found out, instances that came and went. */
export function eventsOf(zero: number, seconds: number, events: readonly EventRecord[]): ShownEvent[] {
  const shown: ShownEvent[] = [];
  const expected = new Set<string>();
  for (const { at, kind, instance = '', fault = '', scaled } of events) {
    const add = (text: string, of: ShownEvent['kind']): void =>
      void shown.push({ at: since(zero, at), text: instance === '' ? text : `${instance} ${text}`, kind: of });
    if (at < zero || at > zero + seconds * 1000) continue;
    if (kind === 'fault') {
      if (fault.startsWith('killed')) expected.add(instance);
      add(fault, 'fault');
    } else if (kind === 'over') add('well again', 'fault');
    else if (kind === 'down') add('found down', 'health');
    else if (kind === 'up') add('found up', 'health');
    else if (kind === 'ready' && scaled) add('ready', 'scale');
    else if (kind === 'leaving') add('leaves', 'scale');
    else if (kind === 'gone' && !scaled && !expected.has(instance)) add('gone', 'fault');
  }
  return shown;
}

/** What the first fault did: a failure is laid to it that no full queue explains. */
export function faultOf(
  zero: number,
  requests: readonly RequestRecord[],
  events: readonly EventRecord[],
): FaultSummary | null {
  const fault = events.find(({ kind }) => kind === 'fault');
  if (fault === undefined) return null;
  const down = events.find(
    ({ kind, instance, at }) => kind === 'down' && instance === fault.instance && at >= fault.at,
  );
  const failures = requests.filter(
    ({ at, ms, error }) => error !== undefined && !FULL.has(error) && at + ms >= fault.at,
  );
  const last = failures.reduce((most, { at, ms }) => Math.max(most, at + ms), fault.at);
  return {
    at: since(zero, fault.at),
    what: [fault.instance, fault.fault].filter((one) => one !== undefined).join(' '),
    detectSeconds: down === undefined ? null : rounded((down.at - fault.at) / 1000, 2),
    recoverSeconds: rounded((last - fault.at) / 1000, 2),
    lost: failures.length,
  };
}
