import { faultText, noInstance } from './faults.ts';
import type { Fleet, FleetOptions } from './fleet.ts';
import { STOP, startInstance } from './instance/instance.ts';
import type { Fault, Report } from './instance/messages.ts';
import { LabError } from './lab-error.ts';
import type { EventRecord } from './record.ts';
import type { RoomPlan } from './targets.ts';

/** A server that starts and ends the processes of its functions by itself: they are the instances, and the lab looks on. */
export async function openRoomFleet(options: FleetOptions, { slots }: RoomPlan): Promise<Fleet> {
  const { target, rules, reaper, signal, onEvent, onWork, onFirst, onError } = options;
  /** Processes that serve, by name and in the order in which they were ready. */
  const serving = new Map<string, number>();
  let begun = false;
  let closing = false;
  const event = (kind: EventRecord['kind'], more: Omit<EventRecord, 'at' | 'kind'> = {}): void => {
    if (!closing) onEvent({ at: Date.now(), kind, ...more });
  };

  const onReport = (report: Report): void => {
    switch (report.kind) {
      case 'first':
        begun = true;
        onFirst();
        return;
      case 'begin':
      case 'end':
        onWork(report);
        return;
      case 'function': {
        const { what, at, instance, pid, bootMs } = report;
        if (what === 'ready') serving.set(instance, pid);
        if (what === 'gone') serving.delete(instance);
        const scaled = what !== 'gone' && begun;
        if (!closing) onEvent({ at, kind: what, instance, pid, scaled, ...(bootMs !== undefined && { bootMs }) });
        return;
      }
      case 'load':
      case 'child':
      case 'step-failed':
      case 'no-step':
        return;
    }
  };

  const room = await startInstance({
    ...{ name: 'room', command: target.command, rules, slotsInFunctions: slots === 'functions', reaper, signal },
    ...(target.bootSeconds !== undefined && { bootSeconds: target.bootSeconds }),
    onReport,
    onExit: (_, expected) => {
      if (!expected && !closing) onError(new LabError('the room that serves the functions ended by itself'));
    },
  });

  const send = (pids: Iterable<number>, wanted: NodeJS.Signals): void => {
    for (const pid of pids)
      try {
        process.kill(pid, wanted);
      } catch {
        // It ended by itself.
      }
  };

  return {
    url: room.url.origin,
    size: () => serving.size,
    async perform(fault) {
      const [instance, pid] = [...serving].at(fault.instance ?? -1) ?? [];
      const one = { fault: faultText(fault), ...(instance !== undefined && { instance }), ...(pid && { pid }) };
      const all = { fault: faultText(fault) };
      const over = (said: typeof one | typeof all, undo: () => void) => ({
        end() {
          undo();
          event('over', said);
        },
      });
      const order = (wanted: Fault) => {
        event('fault', all);
        return over(all, room.order(wanted));
      };
      const missing = (): undefined => void event('left-out', noInstance(fault));
      switch (fault.kind) {
        case 'kill':
          if (pid === undefined) return missing();
          event('fault', one);
          send([pid], 'SIGKILL');
          return undefined;
        case 'cold-start-storm':
          event('fault', all);
          send(serving.values(), 'SIGKILL');
          return undefined;
        case 'pause':
          if (pid === undefined) return missing();
          event('fault', one);
          send([pid], 'SIGSTOP');
          return over(one, () => send([pid], 'SIGCONT'));
        case 'slow':
          return order({ slowMs: fault.ms });
        case 'errors':
          return order({ errorRate: fault.rate });
        case 'reset':
          return order({ resetRate: fault.rate });
        case 'partition':
        case 'throttle':
        case 'dependency-down':
        case 'step-fails':
          // `refusal` says why.
          return undefined;
      }
    },
    async close() {
      closing = true;
      send(serving.values(), 'SIGCONT');
      await room.stop(STOP);
    },
  };
}
