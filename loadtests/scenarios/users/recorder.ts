import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** What Artillery gives to its hooks, as far as the lab uses it. */
export interface Context {
  readonly vars: Record<string, unknown>;
}
export interface Events {
  emit(event: 'counter', name: string, value: number): void;
}
export interface Sent {
  headers?: Record<string, unknown>;
  method?: string;
  body?: unknown;
}
export interface Received {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}
export type Next = (error?: Error) => void;

/** What is wrong with an answer, or undefined; a user puts it into `check` before each request. */
export type Check = (status: number, body: string) => string | undefined;

interface Asked {
  readonly id: string;
  readonly at: number;
  readonly from: number;
}

const wrongUrl = wrongUrlOf(process.env.URL);
// Artillery prints the stack, which says nothing to who forgot it.
if (wrongUrl !== undefined) throw Object.assign(new Error(wrongUrl), { stack: wrongUrl });

function wrongUrlOf(given: string | undefined): string | undefined {
  if (given !== undefined && URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return undefined;
  const what = given ? `'${given}' is no http or https URL` : 'is not set';
  return `URL ${what}: URL=https://… npx artillery run -e <environment> scenarios/<name>.yml`;
}

/** Where the lab wants one line of JSON a request; counters alone are kept where it does not ask. */
const raw = process.env.LAB_RAW === undefined ? undefined : openSync(process.env.LAB_RAW, 'a');

/** Before each request: the time, and a name by which the work that it causes can be found again. */
export function begin(request: Sent, context: Context, events: Events, next: Next): void {
  const asked: Asked = { id: randomUUID(), at: Date.now(), from: performance.now() };
  context.vars.asked = asked;
  const step = context.vars.step as Sent | undefined;
  if (step?.method !== undefined) request.method = step.method;
  if (step?.body !== undefined) request.body = step.body;
  request.headers = { ...request.headers, ...step?.headers, 'x-lab-request': asked.id };
  measureGenerator(events);
  next();
}

/** After each response: whether the answer is right, not only whether there is one. */
export function record(_request: Sent, response: Received, context: Context, events: Events, next: Next): void {
  const { statusCode: status, headers } = response;
  const check = context.vars.check as Check | undefined;
  const wrong = status < 400 ? check?.(status, String(response.body ?? '')) : undefined;
  note(context, events, {
    status,
    error: status < 400 ? undefined : `${status}${headers['x-lab-refused'] ? ` ${headers['x-lab-refused']}` : ''}`,
    wrong,
    pid: headers['x-lab-pid'] === undefined ? undefined : Number(headers['x-lab-pid']),
    instance: headers['x-lab-instance'],
  });
  next();
}

/** After a request without a response; called back, since Artillery waits for ever for a hook that is async. */
export function failed(error: Error & { code?: string }, _r: Sent, context: Context, events: Events, next: Next): void {
  if (context.vars.asked !== undefined) note(context, events, { error: error.code ?? error.name });
  next();
}

interface Outcome {
  readonly status?: number;
  readonly error?: string | undefined;
  readonly wrong?: string | undefined;
  readonly pid?: number | undefined;
  readonly instance?: string | undefined;
}

function note(context: Context, events: Events, outcome: Outcome): void {
  const { id, at, from } = context.vars.asked as Asked;
  context.vars.asked = undefined;
  const ms = Math.round((performance.now() - from) * 1000) / 1000;
  const { status, error, wrong, pid, instance } = outcome;
  const arrival = context.vars.arrived !== true;
  context.vars.arrived = true;
  const kind = wrong === undefined ? (error ?? 'ok') : 'wrong';
  // Artillery reports each 10 seconds; its counters know the second, and are added up over all of its workers.
  events.emit('counter', `lab.second.${Math.floor((at + ms) / 1000)}.${kind}`, 1);
  events.emit('counter', 'lab.wrong', wrong === undefined ? 0 : 1);
  if (raw === undefined) return;
  const what = (context.vars.state as string | undefined) ?? 'request';
  writeSync(raw, `${JSON.stringify({ id, at, ms, what, arrival, status, error, wrong, pid, instance })}\n`);
}

let measured = { at: Date.now(), cpu: process.cpuUsage() };

/** The share of a core that the generator itself takes: near 1 its arrivals are late, and what it measures is its own queue. */
function measureGenerator(events: Events): void {
  const at = Date.now();
  if (at - measured.at < 1000) return;
  const { user, system } = process.cpuUsage(measured.cpu);
  events.emit('counter', 'lab.generator.cpuMs', Math.round((user + system) / 1000));
  events.emit('counter', 'lab.generator.wallMs', at - measured.at);
  measured = { at, cpu: process.cpuUsage() };
}
