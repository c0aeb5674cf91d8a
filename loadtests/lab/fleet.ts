import { faultText, noInstance, type PlannedFault, refusal } from './faults.ts';
import { type Instance, STOP, startInstance } from './instance/instance.ts';
import type { Fault, Report } from './instance/messages.ts';
import type { SlotRules } from './instance/slots.ts';
import { LabError } from './lab-error.ts';
import { openMeter } from './meter.ts';
import { openAutoscale } from './platform/autoscale.ts';
import { type Balancer, openBalancer } from './platform/balancer.ts';
import { type AutoscaleRules, autoscaleAt, balancerAt, type OnDemandRules } from './platform/rules.ts';
import type { Reaper } from './reaper.ts';
import type { EventRecord, WorkRecord } from './record.ts';
import { openRoomFleet } from './room-fleet.ts';
import type { LocalTarget } from './targets.ts';

export interface FleetOptions {
  readonly target: LocalTarget;
  readonly rules: SlotRules;
  /** Steps of workflows that faults will let fail. @default none */
  readonly failing?: readonly string[];
  /** How much faster than a cloud's the control loops run. */
  readonly pace: number;
  readonly reaper: Reaper;
  /** Ends instances that boot. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: EventRecord) => void;
  readonly onWork: (work: WorkRecord) => void;
  /** Called with the first request. */
  readonly onFirst: () => void;
  /** Called when something failed that no fault explains. */
  readonly onError: (error: Error) => void;
}

export interface Fleet {
  readonly url: string;
  /** Instances that are ready. */
  size(): number;
  /** Does it now; `end` of what it gives ends it. */
  perform(fault: PlannedFault): Promise<{ end(): void } | undefined>;
  close(): Promise<void>;
}

/** The instances of a target, with what is before them and what makes more or fewer of them. */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { target, reaper, pace, onEvent } = options;
  if (target.fleet.kind === 'room') return openRoomFleet(options, target.fleet);
  const ready: Instance[] = [];
  const all = new Set<Instance>();
  const timers = new Set<NodeJS.Timeout>();
  const starting = new Set<Promise<unknown>>();
  const meter = openMeter();
  let count = 0;
  let closing = false;
  let first = true;
  let balancer: Balancer | undefined;
  const begin = (): void => {
    if (!first) return;
    first = false;
    loop();
    options.onFirst();
  };

  const event = (kind: EventRecord['kind'], more: Omit<EventRecord, 'at' | 'kind'> = {}): void =>
    onEvent({ at: Date.now(), kind, ...more });

  const onReport = (report: Report, instance: string): void => {
    if (report.kind === 'load') meter.note(instance, report.at, report.busyMs / (options.rules.slots ?? 1));
    else if (report.kind === 'first' && balancer === undefined) begin();
    else if (report.kind === 'begin' || report.kind === 'end') options.onWork(report);
    else if (report.kind === 'step-failed') event('step-failed', { instance, step: report.step, times: report.times });
    else if (report.kind === 'no-step') options.onError(noStep(report));
  };

  const leave = (instance: Instance): void => {
    const at = ready.indexOf(instance);
    if (at >= 0) ready.splice(at, 1);
    meter.forget(instance.name);
  };

  const start = async (again?: Instance): Promise<void> => {
    const name = again?.name ?? `${target.fleet.kind === 'on-demand' ? 'fn' : 'vm'}-${++count}`;
    const scaled = !first && again === undefined;
    event('starting', { instance: name, scaled });
    const began = startInstance({
      name,
      command: target.command,
      rules: options.rules,
      ...(options.failing !== undefined && { failing: options.failing }),
      reaper,
      signal: options.signal,
      onReport: (report) => onReport(report, name),
      onExit: (instance, expected) => {
        all.delete(instance);
        leave(instance);
        if (!closing) event('gone', { instance: instance.name, pid: instance.pid, scaled: expected });
      },
      ...(again !== undefined && { data: again.data, port: Number(again.url.port) }),
    });
    starting.add(began);
    try {
      const instance = await began;
      all.add(instance);
      ready.push(instance);
      // The order in which they were asked for, not the one in which they were ready.
      ready.sort((a, b) => numberOf(a) - numberOf(b));
      event('ready', { instance: name, pid: instance.pid, bootMs: Math.round(instance.bootMs), scaled });
      if (again === undefined) balancer?.add(instance);
    } finally {
      starting.delete(began);
    }
  };

  /** As `start`, where nobody waits for it. */
  const startLater = async (again?: Instance): Promise<void> => {
    try {
      await start(again);
    } catch (error) {
      if (!closing) options.onError(error as Error);
    }
  };

  const retire = async (instance: Instance): Promise<void> => {
    leave(instance);
    event('leaving', { instance: instance.name, pid: instance.pid, scaled: true });
    await balancer?.drain(instance);
    await instance.stop(STOP);
  };

  const every = (seconds: number, run: () => void): void => void timers.add(setInterval(run, seconds * 1000));

  const autoscale = (rules: AutoscaleRules): void => {
    const machine = openAutoscale(rules);
    let provisioning = 0;
    every(rules.everySeconds, () => {
      const loads = meter.loads(ready.map(({ name }) => name));
      const step = machine.decide({ at: performance.now() / 1000, loads });
      if (step > 0 && ready.length + provisioning < rules.most) {
        provisioning++;
        const timer = setTimeout(() => {
          timers.delete(timer);
          void startLater().then(() => provisioning--);
        }, rules.provisionSeconds * 1000);
        timers.add(timer);
      }
      const last = ready.at(-1);
      if (step < 0 && last !== undefined) void retire(last);
    });
  };

  const onDemand = ({ most, everySeconds, idleSeconds }: OnDemandRules): void => {
    let coming = 0;
    let last = Number.NEGATIVE_INFINITY;
    const idle = new Map<Instance, number>();
    every(0.05, () => {
      const now = performance.now() / 1000;
      const wanted = (balancer?.waiting() ?? 0) > 0 && ready.length + coming < most;
      if (wanted && now - last >= everySeconds) {
        last = now;
        coming++;
        void startLater().then(() => coming--);
      }
      for (const instance of ready) {
        if ((balancer?.present(instance) ?? 0) > 0) idle.set(instance, now);
        else if (now - (idle.get(instance) ?? idle.set(instance, now).get(instance) ?? now) > idleSeconds)
          void retire(instance);
      }
    });
  };

  const loop = (): void => {
    if (target.fleet.kind === 'autoscale') autoscale(autoscaleAt(target.fleet.rules, pace));
    if (target.fleet.kind === 'on-demand') onDemand(target.fleet.rules);
  };

  const close = async (): Promise<void> => {
    closing = true;
    for (const timer of timers) clearTimeout(timer);
    await Promise.allSettled(starting);
    for (const instance of all) instance.signal('SIGCONT');
    await Promise.all([...all].map((instance) => instance.stop(STOP)));
    await balancer?.close();
  };

  try {
    if (target.balancer !== undefined) {
      const { fleet } = target;
      balancer = await openBalancer({
        rules: balancerAt(target.balancer, pace),
        ...(fleet.kind === 'on-demand' && { concurrency: 1, waitSeconds: fleet.rules.waitSeconds }),
        onHealth: ({ name }, healthy) => event(healthy ? 'up' : 'down', { instance: name }),
        onFirst: begin,
      });
    }
    const plan = target.fleet;
    const at = plan.kind === 'fixed' ? plan.count : plan.kind === 'autoscale' ? plan.rules.least : 0;
    await Promise.all(Array.from({ length: at }, () => start()));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url: balancer?.url ?? String(ready[0]?.url.origin),
    size: () => ready.length,
    async perform(fault) {
      const instance = ready.at(fault.instance ?? -1);
      const said = {
        fault: faultText(fault),
        ...(instance !== undefined && { instance: instance.name, pid: instance.pid }),
      };
      if (fault.kind === 'throttle') {
        balancer?.throttle(fault.perSecond);
        event('fault', { fault: faultText(fault) });
        return {
          end() {
            balancer?.throttle(undefined);
            event('over', { fault: faultText(fault) });
          },
        };
      }
      if (refusal(fault, target) !== undefined) return undefined;
      if (instance === undefined) {
        event('left-out', noInstance(fault));
        return undefined;
      }
      event('fault', fault.kind === 'cold-start-storm' ? { fault: faultText(fault) } : said);
      const over = (undo: () => void) => ({
        end() {
          undo();
          event('over', said);
        },
      });
      const order = (wanted: Fault) => over(instance.order(wanted));
      switch (fault.kind) {
        case 'kill':
          await instance.kill();
          if (!fault.restart) return undefined;
          void startLater(instance);
          return undefined;
        case 'cold-start-storm':
          for (const one of ready) balancer?.remove(one);
          await Promise.all([...ready].map((one) => one.kill()));
          return undefined;
        case 'pause':
          instance.signal('SIGSTOP');
          return over(() => instance.signal('SIGCONT'));
        case 'partition':
          balancer?.partition(instance.name, true);
          return over(() => balancer?.partition(instance.name, false));
        case 'slow':
          return order({ slowMs: fault.ms });
        case 'errors':
          return order({ errorRate: fault.rate });
        case 'reset':
          return order({ resetRate: fault.rate });
        case 'dependency-down':
          return order({ dependencyDown: true });
        case 'step-fails':
          return order({ stepsFail: { [fault.step]: fault.rate } });
      }
    },
    close,
  };
}

const noStep = ({ step, declared }: Extract<Report, { kind: 'no-step' }>): LabError =>
  new LabError(
    `step-fails: no workflow has a step '${step}' (there are: ${[...declared].sort().join(', ') || 'none'})`,
  );

const numberOf = ({ name }: Instance): number => Number(name.split('-').at(-1));
