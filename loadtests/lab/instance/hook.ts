import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { breakFiles } from './broken-files.ts';
import { type FailingSteps, openFailingSteps } from './failing-steps.ts';
import { watchFunctions } from './functions.ts';
import type { Fault, InstanceSettings, Order, Report, Worker } from './messages.ts';
import { openRuntimeApi } from './runtime-api.ts';
import { openSlots, type Slot } from './slots.ts';

/*
 * Loaded into a server's process before the server itself (`node --import`): the machine that the instance runs on, as it were.
 * It gives each request of a user a service slot, signs the answers, tells the lab what was worked on, and breaks things.
 */

/** What users send; whatever else a server is asked, by probes or by its own functions, passes as it is. */
const USER = 'x-lab-request';

const settings = JSON.parse(process.env.LAB_INSTANCE ?? '{}') as InstanceSettings;
// Steps run in threads as well.
const steps = settings.failing?.length ? openFailingSteps(settings.failing) : undefined;
// Threads inherit --import, and serve nothing.
if (isMainThread && process.send !== undefined) install(settings, steps);

function install(settings: InstanceSettings, steps: FailingSteps | undefined): void {
  const slots = openSlots(settings);
  let fault: Fault = {};
  let first = true;
  // A lab that crashed must not leave its instances behind.
  process.on('disconnect', () => process.exit(1));
  process.on('message', (order: Order) => {
    fault = order.fault;
    breakFiles(fault.dependencyDown === true);
    steps?.fail(fault.stepsFail ?? {});
  });
  const report = (what: Report): void => {
    if (process.connected) process.send?.(what, undefined, {}, () => undefined);
  };
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    report({ kind: 'load', at: Date.now(), busyMs: slots.busy(performance.now()), cpuMs: (user + system) / 1000 });
    for (const one of steps?.failed() ?? []) report({ kind: 'step-failed', ...one });
  }, 250).unref();
  const functions = watchFunctions(report);
  const runtimeApi = openRuntimeApi(settings, functions, () => fault.slowMs ?? 0, report);
  const self: Worker = { instance: settings.name, pid: process.pid };

  const emit = Server.prototype.emit as (this: Server, event: string | symbol, ...args: unknown[]) => boolean;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'request') return emit.call(this, event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const pass = (): boolean => emit.call(this, event, ...args);
    const id = request.headers[USER];
    if (typeof id !== 'string') return runtimeApi.take(request, response, pass) || pass();
    if (first) {
      report({ kind: 'first' });
      const declared = steps?.declared() ?? [];
      for (const step of settings.failing ?? [])
        if (!declared.includes(step)) report({ kind: 'no-step', step, declared });
    }
    first = false;
    if (fault.resetRate !== undefined && Math.random() < fault.resetRate) {
      request.socket.resetAndDestroy();
      return true;
    }
    if (fault.errorRate !== undefined && Math.random() < fault.errorRate) return refuse(response, self, 500, 'fault');
    if (settings.slotsInFunctions) {
      runtimeApi.came(id);
      sign(response, () => runtimeApi.whoHas(id) ?? self);
      response.once('close', () => runtimeApi.forget(id));
      return pass();
    }
    const slot = slots.reserve(performance.now());
    if (slot === undefined) return refuse(response, self, 503, 'full');
    serveIn(slot, id, response, { slowMs: fault.slowMs ?? 0, who: () => functions.latest() ?? self, pass, report });
    return true;
  };
}

function refuse(response: ServerResponse, by: Worker, status: number, why: string): true {
  sign(response, () => by);
  response.writeHead(status, { 'content-type': 'text/plain', 'retry-after': '1', 'x-lab-refused': why });
  response.end(why);
  return true;
}

/** Who answered is known when the answer begins. */
function sign(response: ServerResponse, who: () => Worker): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = ((...args: unknown[]) => {
    const { instance, pid } = who();
    if (!response.headersSent) response.setHeader('x-lab-instance', instance).setHeader('x-lab-pid', pid);
    return writeHead(...args);
  }) as ServerResponse['writeHead'];
}

interface Answer {
  readonly leave: number;
  readonly go: () => void;
}

/** Answers that are ready, and wait for the end of their slots. */
const leaving = new Set<Answer>();

interface Serving {
  readonly slowMs: number;
  readonly who: () => Worker;
  readonly pass: () => void;
  readonly report: (what: Report) => void;
}

/** Hands the request on when its slot begins, and holds the last of the answer until the slot ends. */
function serveIn(slot: Slot, id: string, response: ServerResponse, { slowMs, who, pass, report }: Serving): void {
  const came = performance.now();
  const waitMs = Math.max(0, slot.start - came);
  const leave = slot.end + slowMs;
  let by = who();
  sign(response, () => by);
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    const answer: Answer = {
      leave,
      go() {
        clearTimeout(timer);
        leaving.delete(answer);
        end(...args);
        const { instance, pid } = by;
        report({ kind: 'end', id, at: Date.now(), lateMs: Math.max(0, performance.now() - leave), instance, pid });
      },
    };
    const left = leave - performance.now();
    const timer = left > 0 ? setTimeout(answer.go, left) : undefined;
    if (left > 0) leaving.add(answer);
    else answer.go();
    return response;
  }) as ServerResponse['end'];
  const start = (): void => {
    // One slot ends when the next begins, and the next one's work would hold up the answer of the first by all of its time.
    for (const answer of leaving) if (answer.leave <= slot.start) answer.go();
    by = who();
    const { instance, pid } = by;
    report({ kind: 'begin', id, at: Date.now(), waitMs, slotMs: slot.end - slot.start, instance, pid });
    pass();
  };
  if (waitMs > 0) setTimeout(start, waitMs);
  else start();
}
