import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RunStatus } from '../../core/index.ts';
import { lawSuite } from './law-suite.ts';

export interface RunsApi {
  /** Sends a request with the admin key to the room's API; the path begins with a slash. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): void | Promise<void>;
}

export interface RunsRoom {
  readonly name: string;
  open(): Promise<RunsApi>;
  /** Laws that this room breaks, by their titles, each with the reason. */
  readonly deviations?: Readonly<Record<string, string>>;
}

type Body = Readonly<Record<string, unknown>>;
interface Step {
  readonly key: string;
  readonly step: string;
  readonly status: string;
  readonly attempts: number;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: { readonly name: string };
}

/** The API as the laws ask it. */
function askOf({ fetch }: RunsApi) {
  const json = async <T>(path: string): Promise<T> => (await fetch(path)).json() as T;
  const post = (path: string, body: unknown = {}, key?: string): Promise<Response> =>
    fetch(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    });
  return {
    json,
    post,
    async start(name: string, input: unknown, id: string): Promise<void> {
      expect((await post(`/workflows/${name}/runs`, input, id)).status).toBe(202);
    },
    status: (id: string) => json<RunStatus>(`/runs/${id}`),
    async over(id: string): Promise<RunStatus> {
      for (;;) {
        const status = await json<RunStatus>(`/runs/${id}`);
        if (status.status !== 'running') return status;
        await sleep(5);
      }
    },
    steps: async (id: string) => (await json<{ items: Step[]; next?: string }>(`/runs/${id}/steps`)).items,
  };
}

type Ask = ReturnType<typeof askOf>;
type Law = (ask: Ask) => Promise<void>;

const laws: Readonly<Record<string, Law>> = {
  async 'starting twice with one id and input starts once'({ post, over, steps }) {
    const start = () => post('/workflows/greet/runs', { name: 'Ada' }, 'twice');
    const answers = await Promise.all([start(), start()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    for (const answer of answers) expect(((await answer.json()) as { id: string }).id).toBe('twice');
    expect((await over('twice')).output).toEqual({ greeting: 'Hello, Ada' });
    expect((await start()).status).toBe(202);
    expect(await steps('twice')).toHaveLength(1);
  },
  async 'another input or another workflow under a known id is a Conflict, also when the run is over'(ask) {
    await ask.start('greet', { name: 'Ada' }, 'taken');
    const other = await ask.post('/workflows/greet/runs', { name: 'Bob' }, 'taken');
    expect([other.status, ((await other.json()) as Body).code]).toEqual([409, 'Conflict']);
    await ask.over('taken');
    expect((await ask.post('/workflows/greet/runs', { name: 'Bob' }, 'taken')).status).toBe(409);
    expect((await ask.post('/workflows/many/runs', { items: [] }, 'taken')).status).toBe(409);
  },
  async 'inputs are equal after the schema, whatever the order of their keys'(ask) {
    await ask.start('greet', {}, 'equal');
    expect((await ask.post('/workflows/greet/runs', { name: 'you' }, 'equal')).status).toBe(202);
  },
  async 'what cannot be started is refused and leaves the id free'(ask) {
    expect((await ask.post('/workflows/nobodys/runs', {}, 'free')).status).toBe(404);
    const wrong = await ask.post('/workflows/greet/runs', { name: 7 }, 'free');
    expect([wrong.status, ((await wrong.json()) as Body).field]).toEqual([400, 'name']);
    expect((await ask.post('/workflows/greet/runs', { name: 'x'.repeat(262_144) }, 'free')).status).toBe(413);
    expect((await ask.post('/workflows/greet/runs', {}, 'no id/')).status).toBe(400);
    await ask.start('greet', { name: 'Ada' }, 'free');
  },
  async 'the status of a run that succeeded'(ask) {
    await ask.start('greet', { name: 'Ada' }, 'well');
    const { startedAt, updatedAt, ...rest } = await ask.over('well');
    expect(rest).toEqual({
      ...{ id: 'well', workflow: 'greet', status: 'succeeded', input: { name: 'Ada' } },
      ...{ output: { greeting: 'Hello, Ada' }, progress: { done: 1, total: 1 } },
    });
    for (const time of [startedAt, updatedAt]) expect(new Date(time).toISOString()).toBe(time);
    expect(updatedAt >= startedAt).toBe(true);
    expect(await ask.status('well')).toEqual({ ...rest, startedAt, updatedAt });
  },
  async 'the status of a run that failed has the error that was thrown, and no output'(ask) {
    await ask.start('failing', {}, 'badly');
    const failed = await ask.over('badly');
    expect(failed.status).toBe('failed');
    expect(failed.error).toEqual({ name: 'Refused', message: 'the answer is no', data: { why: 'closed' } });
    expect(failed).not.toHaveProperty('output');
    const [only] = await ask.steps('badly');
    expect(only).toMatchObject({ step: 'refuse', status: 'failed', attempts: 1, error: { name: 'Refused' } });
  },
  async 'the status of a run that waits'(ask) {
    await ask.start('approve', {}, 'waits');
    const { status, progress, input, ...rest } = await ask.status('waits');
    expect([status, progress, input]).toEqual(['running', { done: 0, total: 0 }, {}]);
    expect(rest).not.toHaveProperty('output');
    expect(rest).not.toHaveProperty('error');
    await ask.post('/runs/waits/cancel');
  },
  async 'no run, no answer'(ask) {
    for (const path of ['/runs/nobodys', '/runs/nobodys/steps', '/runs/no%20id'])
      expect((await ask.json<Body>(path)).status, path).toBe(404);
    expect((await ask.post('/runs/nobodys/cancel')).status).toBe(404);
    expect((await ask.post('/runs/nobodys/events/approved', { by: 'ada' })).status).toBe(404);
  },
  async 'steps are told with their keys, inputs and results, and attempts are counted'(ask) {
    await ask.start('many', { items: [3, 1, 2] }, 'steps');
    const { output, progress } = await ask.over('steps');
    expect([output, progress]).toEqual([[3, 1, 2], { done: 3, total: 3 }]);
    const items = await ask.steps('steps');
    const told = items.map(({ key, step, status, attempts, input, output }) => [
      key,
      step,
      status,
      attempts,
      input,
      output,
    ]);
    // They are told in the order in which they were started, and items of a map are started at once.
    expect(told.toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))).toEqual(
      [3, 1, 2].map((value, at) => [`steps/echo/${at}`, 'echo', 'succeeded', 1, value, value]),
    );

    await ask.start('retrying', {}, 'retried');
    await ask.over('retried');
    const [retried, ...more] = await ask.steps('retried');
    expect([more, retried]).toMatchObject([[], { status: 'succeeded', attempts: 2, output: 2 }]);
    expect(retried).not.toHaveProperty('error');
  },
  async 'an event that comes before the wait is kept'(ask) {
    await ask.start('approve', {}, 'early');
    const wrong = await ask.post('/runs/early/events/approved', { by: 7 });
    expect([wrong.status, ((await wrong.json()) as Body).field]).toEqual([400, 'by']);
    expect((await ask.post('/runs/early/events/approved', { by: 'ada' })).status).toBe(202);
    expect((await ask.over('early')).output).toBe('ada');
    expect((await ask.post('/runs/early/events/approved', { by: 'bob' })).status).toBe(409);
  },
  async 'events are taken first in, first out, each by one wait'(ask) {
    await ask.start('approve-twice', {}, 'two');
    for (const by of ['ada', 'bob']) await ask.post('/runs/two/events/approved', { by });
    expect((await ask.over('two')).output).toEqual({ first: 'ada', second: 'bob' });
  },
  async 'an event sent twice with one key is sent once'(ask) {
    await ask.start('approve-twice', {}, 'once');
    const sent = ['ada', 'ada', 'ada'].map((by) => ask.post('/runs/once/events/approved', { by }, 'the key'));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([202, 202, 202]);
    expect((await ask.status('once')).status).toBe('running');
    await ask.post('/runs/once/events/approved', { by: 'bob' }, 'another key');
    expect((await ask.over('once')).output).toEqual({ first: 'ada', second: 'bob' });
  },
  async 'equal events that are sent at once are different events'(ask) {
    await ask.start('approve-twice', {}, 'equal-events');
    await Promise.all([1, 2].map(() => ask.post('/runs/equal-events/events/approved', { by: 'ada' })));
    expect((await ask.over('equal-events')).output).toEqual({ first: 'ada', second: 'ada' });
  },
  async 'an event that nobody waits for is no error'(ask) {
    await ask.start('approve', {}, 'other');
    expect((await ask.post('/runs/other/events/unheard-of', { any: 'thing' })).status).toBe(202);
    expect((await ask.post('/runs/other/events/no%20name', {})).status).toBe(400);
    await ask.post('/runs/other/events/approved', { by: 'ada' });
    expect((await ask.over('other')).output).toBe('ada');
  },
  async 'a wait that gets no event in time fails with Timeout'(ask) {
    await ask.start('impatient', {}, 'late');
    const { status, error } = await ask.over('late');
    expect([status, error?.name]).toEqual(['failed', 'Timeout']);
  },
  async 'a cancel is final'(ask) {
    await ask.start('approve', {}, 'stopped');
    expect((await ask.post('/runs/stopped/cancel')).status).toBe(202);
    expect((await ask.post('/runs/stopped/cancel')).status).toBe(202);
    const { status, error } = await ask.over('stopped');
    expect([status, error]).toEqual(['cancelled', { name: 'Cancelled', message: 'the run was cancelled' }]);
    expect((await ask.post('/runs/stopped/events/approved', { by: 'ada' })).status).toBe(409);
    expect((await ask.status('stopped')).status).toBe('cancelled');

    await ask.start('greet', { name: 'Ada' }, 'ended');
    await ask.over('ended');
    expect((await ask.post('/runs/ended/cancel')).status).toBe(409);
  },
  async 'runs are listed newest first, in pages, by status and workflow, without input and output'(ask) {
    await ask.start('failing', {}, 'list-failing');
    await ask.over('list-failing');
    await ask.start('approve', {}, 'list-waiting');
    const ids = Array.from({ length: 120 }, (_, at) => `list-${at}`);
    await Promise.all(ids.map((id) => ask.start('greet', { name: 'Ada' }, id)));
    for (const id of ids) await ask.over(id);

    const listed = async (query: string): Promise<RunStatus[]> => {
      const all: RunStatus[] = [];
      for (let cursor = ''; ; ) {
        const page = await ask.json<{ items: RunStatus[]; next?: string }>(`/runs?${query}${cursor}`);
        all.push(...page.items);
        if (page.next === undefined) return all;
        cursor = `&cursor=${encodeURIComponent(page.next)}`;
      }
    };
    const all = await listed('');
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ id }) => ids.includes(id))).toHaveLength(120);
    const times = all.map(({ startedAt }) => startedAt);
    expect(times).toEqual(times.toSorted().reverse());
    for (const one of all) expect(Object.keys(one)).not.toEqual(expect.arrayContaining(['input', 'output', 'error']));

    const failed = await listed('status=failed&workflow=failing');
    expect(failed.map(({ id, status, workflow }) => [id, status, workflow])).toContainEqual([
      ...['list-failing', 'failed', 'failing'],
    ]);
    expect(failed.every(({ status, workflow }) => status === 'failed' && workflow === 'failing')).toBe(true);
    expect((await listed('status=running')).map(({ id }) => id)).toContain('list-waiting');
    expect(await listed('workflow=nobodys')).toEqual([]);
    for (const query of ['status=odd', 'cursor=odd%20']) {
      const refused = await ask.json<Body>(`/runs?${query}`);
      expect([refused.status, refused.code], query).toEqual([400, 'InvalidInput']);
    }
    await ask.post('/runs/list-waiting/cancel');
  },
};

/** The laws of a room's runs, as its API tells them; every room calls this. All of them share one room. */
export function runsSuite({ name, open, deviations = {} }: RunsRoom): void {
  let opened: Promise<RunsApi> | undefined;
  lawSuite<RunsApi, Law>({
    title: `runs: ${name}`,
    laws,
    deviations,
    async run(law, opener) {
      opened ??= opener(open);
      await law(askOf(await opened));
    },
  });
}
