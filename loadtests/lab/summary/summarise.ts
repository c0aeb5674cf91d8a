import type { Case, EventRecord, RequestRecord, Setting } from '../record.ts';
import { eventsOf, failedStepsOf, faultsOf } from './events.ts';
import { quantile, rounded } from './quantile.ts';
import { searchesOf } from './search-summary.ts';
import type { CaseSummary, Summary } from './summary.ts';

/** Milliseconds after which an answer that should have left is late. */
const LATE = 20;

/** Pure: the same records give the same summary, to the byte. */
export function summarise(setting: Setting, cases: readonly Case[]): Summary {
  const summaries = cases.map((one) => summariseCase(setting, one));
  if (setting.search === undefined) return { setting, cases: summaries };
  return { setting, cases: summaries, searches: searchesOf(setting, setting.search, summaries) };
}

/** Whether a request was answered, and rightly so. */
export const isOk = ({ error, wrong }: RequestRecord): boolean => error === undefined && wrong === undefined;

/** The moment of the first request: what went before is Artillery's own start. */
const zeroOf = (requests: readonly RequestRecord[]): number =>
  requests.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);

export function summariseCase(setting: Setting, one: Case): CaseSummary {
  const { requests, events, work } = one;
  const about = setting.targets.find(({ name }) => name === one.name);
  const zero = zeroOf(requests);
  const right = requests.filter(isOk);
  const begun = new Map<string, number>();
  for (const { kind, id } of work) if (kind === 'begin') begun.set(id, (begun.get(id) ?? 0) + 1);
  const answered = new Set(right.map(({ id }) => id));
  const ended = work.filter(({ kind }) => kind === 'end');
  const boots = events.filter(({ kind, scaled }) => kind === 'ready' && scaled).map(({ bootMs = 0 }) => bootMs);
  const ms = right.map((request) => request.ms);
  const failedSteps = failedStepsOf(events);
  return {
    name: one.name,
    about: about?.about ?? '',
    modelled: about?.modelled ?? false,
    requests: requests.length,
    ok: right.length,
    wrong: requests.filter(({ wrong }) => wrong !== undefined).length,
    failures: countFailures(requests),
    okPerSecond: rounded(right.length / setting.seconds, 2),
    latency: { p50: shown(quantile(ms, 0.5)), p95: shown(quantile(ms, 0.95)), p99: shown(quantile(ms, 0.99)) },
    firstMs: shown(firstOf(requests)?.ms ?? null),
    series: seriesOf(setting.seconds, zero, requests, events),
    events: eventsOf(zero, setting.seconds, events),
    coldStarts: { count: boots.length, p50Ms: quantile(boots, 0.5), maxMs: quantile(boots, 1) },
    faults: faultsOf(zero, requests, events),
    ...(Object.keys(failedSteps).length > 0 && { failedSteps }),
    work:
      work.length === 0
        ? null
        : {
            begun: begun.size,
            lost: [...begun.keys()].filter((id) => !answered.has(id)).length,
            doubled: [...begun.values()].filter((times) => times > 1).length,
          },
    cost: costOf(setting, one, right.length),
    generator: generatorOf(one, zero),
    late: ended.length === 0 ? null : rounded(ended.filter(({ lateMs = 0 }) => lateMs > LATE).length / ended.length, 3),
  };
}

/** Of all that came, the earliest that was answered rightly. */
const firstOf = (requests: readonly RequestRecord[]): RequestRecord | undefined =>
  requests
    .filter(isOk)
    .reduce<RequestRecord | undefined>((first, one) => (first && first.at <= one.at ? first : one), undefined);

const shown = (value: number | null): number | null => (value === null ? null : rounded(value));

function countFailures(requests: readonly RequestRecord[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { error } of requests) if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

function seriesOf(
  seconds: number,
  zero: number,
  requests: readonly RequestRecord[],
  events: readonly EventRecord[],
): CaseSummary['series'] {
  const length = Math.floor(seconds);
  const ok = new Array<number>(length).fill(0);
  const failed = new Array<number>(length).fill(0);
  const ms = Array.from({ length }, () => [] as number[]);
  for (const request of requests) {
    const second = Math.floor((request.at + request.ms - zero) / 1000);
    if (second < 0 || second >= length) continue;
    if (isOk(request)) {
      ok[second] = (ok[second] ?? 0) + 1;
      ms[second]?.push(request.ms);
    } else failed[second] = (failed[second] ?? 0) + 1;
  }
  const around = (q: number) =>
    ms.map((_, at) => shown(quantile([ms[at - 1] ?? [], ms[at] ?? [], ms[at + 1] ?? []].flat(), q)));
  return { ok, failed, p50: around(0.5), p95: around(0.95), instances: instancesOf(length, zero, events) };
}

/** How many instances were ready at the end of each second. */
function instancesOf(length: number, zero: number, events: readonly EventRecord[]): number[] {
  return Array.from({ length }, (_, second) => {
    const there = new Set<string>();
    for (const { at, kind, instance = '' } of events) {
      if (at > zero + (second + 1) * 1000) continue;
      if (kind === 'ready') there.add(instance);
      if (kind === 'gone' || kind === 'leaving') there.delete(instance);
    }
    return there.size;
  });
}

function costOf(setting: Setting, { name, work }: Case, right: number): number | null {
  const price = setting.targets.find((target) => target.name === name)?.price;
  if (price === undefined || right === 0) return null;
  const begun = work.filter(({ kind }) => kind === 'begin').length;
  const seconds = (begun * setting.instance.slotMs) / 1000;
  const dollars = (begun * price.perMillionRequests) / 1e6 + seconds * price.gib * price.perGibSecond;
  return rounded((dollars / right) * 1e6, 2);
}

function generatorOf({ generator, requests }: Case, zero: number): CaseSummary['generator'] {
  const { plannedArrivals: planned, arrivals, skipped, plannedSeconds, cpu } = generator;
  const first = requests.filter(({ arrival }) => arrival);
  const last = first.reduce((most, { at }) => Math.max(most, at), zero);
  const arrivalSeconds = first.length === 0 ? 0 : rounded((last - zero) / 1000);
  // Four standard deviations of a Poisson count.
  const slack = 4 * Math.sqrt(planned);
  return {
    planned: Math.round(planned),
    arrivals,
    skipped,
    plannedSeconds,
    arrivalSeconds,
    cpu,
    saturated: [
      ...(arrivals === 0 ? ['nobody came'] : []),
      ...(first.length < arrivals ? [`requests of ${first.length} of ${arrivals} arrivals`] : []),
      ...(skipped > 0 ? [`${skipped} arrivals were skipped`] : []),
      ...(arrivals < planned - slack ? [`${arrivals} arrivals instead of ${Math.round(planned)}`] : []),
      ...(arrivalSeconds > plannedSeconds * 1.03 + 1
        ? [`arrivals took ${arrivalSeconds} s instead of ${plannedSeconds}`]
        : []),
      ...(cpu !== null && cpu > 0.95 ? [`the generator used ${Math.round(cpu * 100)} % of a core`] : []),
    ],
  };
}
