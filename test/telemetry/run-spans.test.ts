import { context, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { app, consume, Failure, http, map, queue, run, step, workflow } from '../../core/index.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { until } from '../support/server.ts';
import { parentOf, record, type Tree, tree, treeOf } from './recorded.ts';

let failures: number;
let recorded: ReturnType<typeof record>;
let room: Dev | undefined;
beforeEach(() => {
  failures = 0;
  recorded = record();
});
afterEach(async () => {
  await room?.close();
  room = undefined;
  await recorded.stop();
});

const double = step('double', { input: z.number(), run: (n) => n * 2 });
const flaky = step('flaky', {
  input: z.array(z.number()),
  retry: { attempts: 3 },
  run: ([n = 0]) => {
    if (failures++ < 2) throw new Failure({ name: 'TransientError', message: 'my-secret-key is refused' });
    trace.getTracer('mine').startSpan('of my own').end();
    return n;
  },
});
const never = step('never', {
  run: () => {
    throw new RangeError('no');
  },
});
const inner = workflow('inner', { input: z.number(), run: (n) => double(n) });
const nested = workflow('nested', {
  input: z.array(z.number()),
  run: (items) => flaky(map(items, (item) => run(inner, item))),
});
const failing = workflow('failing', { run: () => never(null) });
const jobs = queue('jobs', { message: z.number(), attempts: 2 });
const office = app('office', {
  workflows: [nested, failing, inner],
  http: [
    http('office', {
      uses: { inner: inner.start, jobs: jobs.write },
      routes: (api, uses) =>
        api
          .post('/orders/:n', async (c) => c.json(await uses.inner.start(Number(c.req.param('n')), { id: 'order' })))
          .post('/jobs/:n', async (c) => c.json(await uses.jobs.send(Number(c.req.param('n')))))
          .get('/broken', () => {
            throw new Error('broken');
          }),
    }),
  ],
  triggers: [
    consume(jobs, {
      uses: { inner: inner.start },
      run: async (n, { inner, idempotencyKey, attempt }) => {
        if (n === 0) throw new Error('zero');
        if (attempt === 1) await inner.start(n, { id: idempotencyKey });
      },
    }),
  ],
});

const opened = async (options: Parameters<typeof open>[1] = {}): Promise<Dev> => {
  room = await open(office, { clock: 'virtual', telemetry: recorded.telemetry, env: {}, ...options });
  return room;
};
/** The status of the room's answer is known a moment before the run's last span ends. */
const over = (name: string) => until(async () => recorded.named(name)[0]);

describe('a run', () => {
  test('is a tree: its start, the run, steps over all attempts, attempts, what a step does', async () => {
    const { start, result } = await opened();
    await start('nested', [1, 2], { id: 'r' });
    expect(await result('r')).toEqual({ output: 2 });
    await over('run nested');
    const call = tree('step double', tree('attempt double'));
    const attempt = (...children: Tree[]) => tree('attempt flaky', ...children);
    const flakyStep = tree('step flaky', attempt(), attempt(), attempt(tree('of my own')));
    expect(treeOf(recorded.spans())).toEqual([tree('start nested', tree('run nested', call, call, flakyStep))]);
    const attempted = recorded.named('attempt flaky').map((span) => span.attributes);
    const ids = { 'skein.workflow': 'nested', 'skein.run': 'r', 'skein.step': 'flaky', 'skein.key': 'r/flaky' };
    const failed = { ...ids, 'skein.outcome': 'retried', 'error.type': 'TransientError' };
    expect(attempted).toEqual([
      { ...failed, 'skein.attempt': 1 },
      { ...failed, 'skein.attempt': 2 },
      { ...ids, 'skein.attempt': 3, 'skein.outcome': 'succeeded' },
    ]);
    expect(new Set(recorded.named('attempt double').map((span) => span.attributes['skein.key'])).size).toBe(2);
    expect(recorded.one('step flaky').attributes['skein.outcome']).toBe('succeeded');
    expect(recorded.one('run nested').attributes).toEqual({
      'skein.workflow': 'nested',
      'skein.run': 'r',
      'skein.outcome': 'succeeded',
    });
  });

  test('a tree with a parent that is not there is seen', () => {
    const parent = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
    trace.getTracer('t').startSpan('lost', {}, trace.setSpanContext(context.active(), parent)).end();
    expect(() => treeOf(recorded.spans())).toThrow(/lost/);
  });

  test('that fails marks its spans, and tells the log which', async () => {
    const lines: Record<string, unknown>[] = [];
    const { start, result } = await opened({ log: (message, fields) => void lines.push({ message, ...fields }) });
    await start('failing', null, { id: 'r' });
    await result('r');
    await over('run failing');
    for (const name of ['attempt never', 'step never', 'run failing'])
      expect(recorded.one(name)).toMatchObject({
        status: { code: 2, message: 'no' },
        attributes: { 'error.type': 'RangeError', 'skein.outcome': 'failed' },
      });
    const { traceId, spanId } = recorded.one('attempt never').spanContext();
    const where = { run: 'r', workflow: 'failing', step: 'never', key: 'r/never', attempt: 1 };
    expect(lines).toEqual([
      { message: 'attempt failed', ...where, error: 'RangeError: no', trace: traceId, span: spanId },
    ]);
  });

  test('secrets leave the room in no span', async () => {
    const { start, result } = await opened({ env: { SKEIN_ADMIN_KEY: 'my-secret-key' } });
    await start('nested', [1]);
    await result((await start('nested', [1])).id);
    await over('run nested');
    expect(recorded.named('attempt flaky')[0]?.status.message).toBe('[redacted] is refused');
  });

  test('metrics count by names, never by ids', async () => {
    const { start, result } = await opened();
    for (const id of ['a', 'b']) await start('nested', [1, 2], { id });
    await start('failing', null, { id: 'c' });
    for (const id of ['a', 'b', 'c']) await result(id);
    await over('run failing');
    expect(await recorded.series('skein.run.started')).toEqual({ nested: 2, failing: 1 });
    expect(await recorded.series('skein.run.duration')).toEqual({ 'nested succeeded': 2, 'failing failed': 1 });
    expect(await recorded.series('skein.step.attempt.duration')).toEqual({
      'nested double succeeded': 4,
      'nested flaky succeeded': 2,
      'nested flaky retried': 2,
      'failing never failed': 1,
    });
  });
});

describe('a request', () => {
  const remote = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const request = (path: string, headers: Record<string, string> = {}, method = 'POST') =>
    new Request(`http://localhost${path}`, { method, headers });

  test('goes on with the caller’s trace, and so does the run that it starts', async () => {
    const { fetch, result } = await opened();
    expect((await fetch(request('/orders/2', { traceparent: remote }))).status).toBe(200);
    await result('order');
    await over('run inner');
    const server = recorded.one('POST /orders/:n');
    expect(server.attributes).toEqual({
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'url.path': '/orders/2',
      'http.route': '/orders/:n',
      'http.response.status_code': 200,
    });
    expect(parentOf(server)).toBe('b'.repeat(16));
    expect(parentOf(recorded.one('start inner'))).toBe(server.spanContext().spanId);
    expect(new Set(recorded.spans().map((span) => span.spanContext().traceId))).toEqual(new Set(['a'.repeat(32)]));
    expect(await recorded.series('http.server.request.duration')).toEqual({ 'POST http 200 /orders/:n': 1 });
  });

  test('a header that is none, and a method that is made up, cost nothing', async () => {
    const { fetch } = await opened();
    for (const bad of ['', 'x', `${remote}-more`, `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `ff${remote.slice(2)}`])
      await fetch(request('/nowhere', { traceparent: bad }, 'GET'));
    await fetch(request('/nowhere', {}, 'BREW'));
    expect(recorded.named('GET').map(parentOf)).toEqual(Array(5).fill(undefined));
    expect(recorded.one('_OTHER').attributes['http.request.method_original']).toBe('BREW');
    expect(await recorded.series('http.server.request.duration')).toEqual({ 'GET http 404': 5, '_OTHER http 404': 1 });
  });

  test('a defect is an error, and the log line is a part of its span', async () => {
    const lines: Record<string, unknown>[] = [];
    const { fetch } = await opened({ log: (message, fields) => void lines.push({ message, ...fields }) });
    await fetch(request('/broken?sig=abc', {}, 'GET'));
    const span = recorded.one('GET /broken');
    expect(span).toMatchObject({ status: { code: 2, message: 'broken' }, attributes: { 'error.type': '500' } });
    expect(JSON.stringify(span.attributes)).not.toContain('abc');
    const { traceId, spanId } = span.spanContext();
    expect(lines).toMatchObject([{ message: 'request failed', trace: traceId, span: spanId }]);
  });
});

describe('a message', () => {
  const send = (n: number) => new Request(`http://localhost/jobs/${n}`, { method: 'POST' });

  test('takes the trace along to its consumer, and to the run that is started there', async () => {
    const { fetch } = await opened({ clock: undefined as never });
    await fetch(send(3));
    await over('run inner');
    const call = tree('step double', tree('attempt double'));
    expect(treeOf(recorded.spans())).toEqual([
      tree('POST /jobs/:n', tree('process jobs', tree('start inner', tree('run inner', call)))),
    ]);
    expect(recorded.one('process jobs').attributes).toMatchObject({
      'messaging.system': 'skein',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'jobs',
      'skein.trigger': 'jobs',
      'skein.attempt': 1,
      'skein.outcome': 'succeeded',
    });
  });

  test('whose delivery fails is one span an attempt, in one trace', async () => {
    const { fetch } = await opened({ clock: undefined as never });
    await fetch(send(0));
    await until(async () => recorded.named('process jobs')[1]);
    const outcomes = recorded.named('process jobs').map((span) => span.attributes['skein.outcome']);
    expect(outcomes).toEqual(['retried', 'failed']);
    treeOf(recorded.spans());
    expect(await recorded.series('messaging.process.duration')).toEqual({
      'skein process jobs jobs retried': 1,
      'skein process jobs jobs failed': 1,
    });
  });
});

describe('off', () => {
  test('nothing of the port is called, and nothing of it is kept', async () => {
    const { telemetry } = recorded;
    const calls: string[] = [];
    const names = ['span', 'within', 'current', 'record', 'flush'] as const;
    const spied = Object.fromEntries(
      names.map((name) => [
        name,
        (...args: unknown[]) => {
          calls.push(name);
          return (telemetry[name] as (...args: unknown[]) => unknown)(...args);
        },
      ]),
    ) as unknown as Telemetry;
    const walk = async (telemetry: Telemetry | undefined): Promise<void> => {
      const { start, result, fetch, close } = await open(office, { clock: 'virtual', env: {}, telemetry });
      await result((await start('nested', [1])).id);
      await fetch(new Request('http://localhost/orders/2', { method: 'POST' }));
      await result('order');
      await close();
    };
    await walk(undefined);
    expect(calls).toEqual([]);
    expect(recorded.spans().map(({ name }) => name)).toEqual(['of my own']);
    await walk(spied);
    expect(new Set(calls)).toEqual(new Set(names));
  });
});
