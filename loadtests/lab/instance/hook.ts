import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { breakFiles } from './broken-files.ts';
import type { Fault, InstanceSettings, Order, Report } from './messages.ts';
import { openSlots } from './slots.ts';

/*
 * Loaded into a server's process before the server itself (`node --import`): the machine that the instance runs on, as it were.
 * It gives each request of any http server a service slot, signs the answers, tells the lab what was worked on, and breaks things.
 */
const HEALTH = 'x-lab-probe';

// Threads inherit --import, and serve nothing.
if (isMainThread && process.send !== undefined) install();

function install(): void {
  const settings = JSON.parse(process.env.LAB_INSTANCE ?? '{}') as InstanceSettings;
  const slots = openSlots(settings);
  let fault: Fault = {};
  // A lab that crashed must not leave its instances behind.
  process.on('disconnect', () => process.exit(1));
  process.on('message', (order: Order) => {
    fault = order.fault;
    breakFiles(fault.dependencyDown === true);
  });
  const report = (what: Report): void => {
    if (process.connected) process.send?.(what, undefined, {}, () => undefined);
  };
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    report({ kind: 'load', at: Date.now(), busyMs: slots.busy(performance.now()), cpuMs: (user + system) / 1000 });
  }, 250).unref();

  const emit = Server.prototype.emit as (this: Server, event: string | symbol, ...args: unknown[]) => boolean;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'request') return emit.call(this, event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    response.setHeader('x-lab-instance', settings.name);
    response.setHeader('x-lab-pid', process.pid);
    const pass = (): boolean => emit.call(this, event, ...args);
    if (request.headers[HEALTH] !== undefined) return pass();
    if (fault.resetRate !== undefined && Math.random() < fault.resetRate) {
      request.socket.resetAndDestroy();
      return true;
    }
    if (fault.errorRate !== undefined && Math.random() < fault.errorRate) return refuse(response, 500, 'fault');
    const slot = slots.reserve(performance.now());
    if (slot === undefined) return refuse(response, 503, 'full');
    serveIn(slot, String(request.headers['x-lab-request'] ?? ''), response, fault.slowMs ?? 0, pass, report);
    return true;
  };
}

function refuse(response: ServerResponse, status: number, why: string): true {
  response.writeHead(status, { 'content-type': 'text/plain', 'retry-after': '1', 'x-lab-refused': why });
  response.end(why);
  return true;
}

/** Hands the request on when its slot begins, and holds the last of the answer until the slot ends. */
function serveIn(
  slot: { readonly start: number; readonly end: number },
  id: string,
  response: ServerResponse,
  slowMs: number,
  pass: () => void,
  report: (what: Report) => void,
): void {
  const came = performance.now();
  const waitMs = Math.max(0, slot.start - came);
  const leave = slot.end + slowMs;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    const go = (): void => {
      end(...args);
      report({ kind: 'end', id, at: Date.now(), lateMs: Math.max(0, performance.now() - leave) });
    };
    const left = leave - performance.now();
    if (left > 0) setTimeout(go, left);
    else go();
    return response;
  }) as ServerResponse['end'];
  const start = (): void => {
    report({ kind: 'begin', id, at: Date.now(), waitMs, slotMs: slot.end - slot.start });
    pass();
  };
  if (waitMs > 0) setTimeout(start, waitMs);
  else start();
}
