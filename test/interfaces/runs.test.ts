import { beforeAll, describe, expect, test } from 'vitest';
import type { RunStatus } from '../../core/index.ts';
import { OFFICE, type Server, startServer, until } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ module: OFFICE });
});

interface Steps {
  readonly items: { key: string; step: string; status: string; attempts: number; input: unknown; output?: unknown }[];
  readonly next?: string;
}
type List = { items: RunStatus[]; next?: string };

const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> =>
  server.withKey(path, { method: 'POST', body: JSON.stringify(body), headers });

describe('starting', () => {
  test('M7: 202 with an id and a status URL', async () => {
    const response = await post('/workflows/greet/runs', { name: 'Ada' });
    expect(response.status).toBe(202);
    const { id, statusUrl } = (await response.json()) as { id: string; statusUrl: string };
    expect(statusUrl).toMatch(new RegExp(`^${server.url}/runs/${id}\\?`));
    expect((await server.over(id)).output).toEqual({ greeting: 'Hello, Ada' });
  });

  test('M7: one id and input start once; another input is 409 Conflict', async () => {
    const start = (input: unknown) => post('/workflows/greet/runs', input, { 'idempotency-key': 'm7' });
    const answers = await Promise.all([start({ name: 'Ada' }), start({ name: 'Ada' })]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    for (const answer of answers) expect(((await answer.json()) as { id: string }).id).toBe('m7');
    await server.over('m7');
    expect((await server.json<Steps>('/runs/m7/steps')).items).toHaveLength(1);

    const other = await start({ name: 'Bob' });
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ status: 409, code: 'Conflict' });
  });

  test('M7: a public workflow needs no key to be started, and its status URL none to be read', async () => {
    const response = await server.request('/workflows/welcome/runs', { method: 'POST' });
    expect(response.status).toBe(202);
    const { id, statusUrl } = (await response.json()) as { id: string; statusUrl: string };
    await server.over(id);
    expect(await (await fetch(statusUrl)).json()).toMatchObject({ id, output: { greeting: 'Hello, you' } });
    expect((await server.request(`/runs/${id}`)).status).toBe(401);
  });

  test('M7: an unknown workflow is 404, a wrong input 400', async () => {
    expect((await post('/workflows/nobodys/runs')).status).toBe(404);
    expect((await post('/workflows/greet/runs', {})).status).toBe(400);
    const broken = await server.withKey('/workflows/greet/runs', { method: 'POST', body: '{"name":' });
    expect(broken.status).toBe(400);
  });
});

describe('reading', () => {
  test('M8: the status of a run that succeeded, and of one that failed', async () => {
    await server.start('greet', { name: 'Ada' }, 'm8');
    const { startedAt, updatedAt, ...rest } = await server.over('m8');
    expect(rest).toEqual({
      id: 'm8',
      workflow: 'greet',
      status: 'succeeded',
      input: { name: 'Ada' },
      output: { greeting: 'Hello, Ada' },
      progress: { done: 1, total: 1 },
    });
    for (const time of [startedAt, updatedAt]) expect(new Date(time).toISOString()).toBe(time);

    await server.start('failing', {}, 'm8-failing');
    const failed = await server.over('m8-failing');
    expect(failed).toMatchObject({
      status: 'failed',
      error: { name: 'Refused', message: 'the answer is no', data: { why: 'closed' } },
    });
    expect(failed).not.toHaveProperty('output');
  });

  test('M8: a status URL is good for its own run, as it was signed, and for reading alone', async () => {
    const { id, statusUrl } = await server.start('approve', {}, 'm8-signed');
    const { searchParams: query } = new URL(statusUrl);
    expect((await fetch(statusUrl)).status).toBe(200);
    await server.start('greet', { name: 'Ada' }, 'm8-other');
    expect((await server.request(`/runs/m8-other?${query}`)).status).toBe(401);
    expect((await server.request(`/runs/${id}/steps?${query}`)).status).toBe(401);
    expect((await server.request(`/runs/${id}/cancel?${query}`, { method: 'POST' })).status).toBe(401);
    const later = new URLSearchParams(query);
    later.set('expires', String(Number(query.get('expires')) + 1));
    expect((await server.request(`/runs/${id}?${later}`)).status).toBe(401);
  });

  test('M9: the steps of a run, in pages', async () => {
    await server.start('many', { items: [3, 1, 2] }, 'm9');
    await server.over('m9');
    const { items, next } = await server.json<Steps>('/runs/m9/steps');
    expect(next).toBeUndefined();
    expect(items.map(({ step, status, attempts, input, output }) => [step, status, attempts, input, output])).toEqual(
      [3, 1, 2].map((value) => ['echo', 'succeeded', 1, value, value]),
    );
    expect(items.map(({ key }) => key)).toEqual(['m9/echo/0', 'm9/echo/1', 'm9/echo/2']);

    await server.start('many', { items: Array.from({ length: 1_001 }, (_, at) => at) }, 'm9-many');
    await server.over('m9-many');
    const first = await server.json<Steps>('/runs/m9-many/steps');
    const second = await server.json<Steps>(`/runs/m9-many/steps?cursor=${first.next}`);
    expect(second.next).toBeUndefined();
    expect(new Set([...first.items, ...second.items].map(({ key }) => key)).size).toBe(1_001);
    expect((await server.withKey('/runs/nobodys/steps')).status).toBe(404);
  });

  test('M10: runs are listed newest first, in pages, by status and workflow', async () => {
    await server.start('failing', {}, 'm10-failing');
    await server.over('m10-failing');
    await Promise.all(Array.from({ length: 120 }, (_, at) => server.start('greet', { name: 'Ada' }, `m10-${at}`)));
    for (let at = 0; at < 120; at++) await server.over(`m10-${at}`);

    const all: RunStatus[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page: List = await server.json<List>(next === '' ? '/runs' : `/runs?cursor=${next}`);
      all.push(...page.items);
      next = page.next;
    }
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^m10-\d/.test(id))).toHaveLength(120);
    const times = all.map(({ startedAt }) => startedAt);
    expect(times).toEqual(times.toSorted().reverse());

    const failed = await server.json<List>('/runs?status=failed&workflow=failing');
    expect(failed.items.map(({ id }) => id)).toContain('m10-failing');
    expect(failed.items.every(({ status, workflow }) => status === 'failed' && workflow === 'failing')).toBe(true);
    expect((await server.withKey('/runs?status=odd')).status).toBe(400);
  });
});

describe('acting', () => {
  test('M11: an event is taken with 202, also before the run waits for it', async () => {
    await server.start('approve', {}, 'm11');
    expect((await post('/runs/m11/events/approved', { by: 7 })).status).toBe(400);
    expect((await post('/runs/m11/events/approved', { by: 'ada' })).status).toBe(202);
    expect((await server.over('m11')).output).toBe('ada');
    expect(await (await server.withKey('/buckets/desk/approved.txt')).text()).toBe('ada');
    expect((await post('/runs/m11/events/approved', { by: 'bob' })).status).toBe(409);
    expect((await post('/runs/nobodys/events/approved', {})).status).toBe(404);
  });

  test('M12: cancelling is answered with 202 and is final', async () => {
    await server.start('approve', {}, 'm12');
    expect((await post('/runs/m12/cancel')).status).toBe(202);
    expect((await post('/runs/m12/cancel')).status).toBe(202);
    const { status, error } = await server.over('m12');
    expect([status, error?.name]).toEqual(['cancelled', 'Cancelled']);
    expect((await post('/runs/m12/events/approved', { by: 'ada' })).status).toBe(409);

    await server.start('greet', { name: 'Ada' }, 'm12-over');
    await until(async () => ((await server.over('m12-over')).status === 'succeeded' ? true : undefined));
    expect((await post('/runs/m12-over/cancel')).status).toBe(409);
  });
});
