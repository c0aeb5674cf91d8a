import type { Case, EventRecord, RequestRecord, Setting, WorkRecord } from '../../loadtests/lab/record.ts';

/** When the first request of a made case is sent. */
export const ZERO = 1_790_000_000_000;

export const setting: Setting = {
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
export function made(): Case {
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
