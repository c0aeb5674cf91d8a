import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../support/server.ts';
import lab from './lab.ts';
import { hasSandboxes, type Opened, openPackaged, PATIENCE, packaged, SANDBOXES_WANTED } from './opened.ts';

const wanted = hasSandboxes ? '' : ` SKIPPED: ${SANDBOXES_WANTED}`;

describe.skipIf(!hasSandboxes)(`packaged functions in sandboxes${wanted}`, () => {
  let opened: Opened;
  const lines: string[] = [];
  beforeAll(async () => {
    process.env.SECRET_OF_THE_MACHINE = 'nobody may see this';
    const folder = await packaged(`${import.meta.dirname}/lab.ts`);
    opened = await openPackaged([lab], folder, {
      secrets: new Map([['word', 'open sesame']]),
      log: (message, fields) => lines.push(`${message} ${JSON.stringify(fields)}`),
    });
  }, PATIENCE);
  afterAll(async () => {
    delete process.env.SECRET_OF_THE_MACHINE;
    await opened?.room.close();
  });

  const json = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await opened.ask('lab', path, init)).json() as T;
  const run = async (workflow: string, input: unknown = {}) =>
    opened.over(workflow, await opened.start(workflow, input));

  test(
    'a map over 1,000 items keeps order, and no more sandboxes are opened than its concurrency',
    async () => {
      const items = Array.from({ length: 1_000 }, (_, index) => index);
      const { status, output, error, progress } = await run('squares', { items });
      expect([status, error]).toEqual(['succeeded', undefined]);
      expect(output).toEqual(items.map((n) => n * n));
      expect(progress).toEqual({ done: 1_000, total: 1_000 });
      const pool = [...opened.room.pools.values()].find(({ spec }) => spec.name.endsWith('squares-step-square'));
      expect(pool?.coldStarts.length).toBeGreaterThan(0);
      expect(pool?.coldStarts.length).toBeLessThanOrEqual(40);
    },
    PATIENCE,
  );

  test(
    'a sandbox that is killed amid a step: the step is done again, and the run ends right',
    async () => {
      const { status, output } = await run('breaking');
      expect([status, output]).toEqual(['succeeded', [10, 20, 30, 40]]);
      const rows = await json<{ id: string; value: { n: number; attempt: number } }[]>('/lab/rows/attempts');
      expect(rows.map(({ value }) => value).sort((a, b) => a.n - b.n)).toEqual([
        { n: 1, attempt: 1 },
        { n: 2, attempt: 1 },
        { n: 3, attempt: 2 },
        { n: 4, attempt: 1 },
      ]);
    },
    PATIENCE,
  );

  test(
    'an error arrives with its name, its message and its data',
    async () => {
      const { status, error } = await run('refusing');
      expect([status, error]).toEqual([
        'failed',
        { name: 'Refused', message: 'the answer is "no"', data: { why: 'closed', code: [4, 2] } },
      ]);
    },
    PATIENCE,
  );

  test(
    'code that lets nothing else run is ended when its time is over',
    async () => {
      const { status, error } = await run('sticking');
      expect([status, error?.name]).toEqual(['failed', 'Timeout']);
    },
    PATIENCE,
  );

  test(
    'a wait gets its event by its task token, also where the event was there first',
    async () => {
      const early = await opened.start('parting', {});
      const send = (id: string, by: string) =>
        opened.ask('lab', `/runs/${id}/events/leave`, {
          method: 'POST',
          body: JSON.stringify({ by }),
          headers: { 'content-type': 'application/json' },
        });
      expect((await send(early, 'ada')).status).toBe(202);
      expect(await opened.over('parting', early)).toMatchObject({ output: 'bye, ada' });
      const late = await opened.start('parting', {});
      await until(async () =>
        [...opened.room.cloud.states.executions.values()].some(({ name, tokens }) => name === late && tokens.size > 0)
          ? true
          : undefined,
      );
      expect((await send(late, 'bob')).status).toBe(202);
      expect(await opened.over('parting', late)).toMatchObject({ output: 'bye, bob' });
    },
    PATIENCE,
  );

  test(
    'it sees what Lambda gives it and its own environment, and nothing of this machine',
    async () => {
      const { output } = await run('looking');
      const { env } = output as { env: string[] };
      const known = /^(AWS_|LAMBDA_|SKEIN_|_HANDLER$|LANG$|PATH$|TZ$|_X_AMZN_TRACE_ID$)/;
      expect(env.filter((name) => !known.test(name))).toEqual([]);
      expect(env).toContain('AWS_LAMBDA_RUNTIME_API');
    },
    PATIENCE,
  );

  test(
    'each sandbox has one request at a time',
    async () => {
      const slow = () => json<{ pid: number }>('/lab/slow');
      const together = await Promise.all([slow(), slow(), slow()]);
      expect(new Set(together.map(({ pid }) => pid)).size).toBe(3);
      const after = await json<{ pid: number }>('/lab/process');
      expect(together.map(({ pid }) => pid)).toContain(after.pid);
      expect(after.pid).not.toBe(process.pid);
    },
    PATIENCE,
  );

  test(
    'of a batch of messages, only what failed comes again',
    async () => {
      for (const id of ['good', 'bad', 'fine'])
        await opened.ask('lab', '/lab/send', {
          method: 'POST',
          body: JSON.stringify({ id }),
          headers: { 'content-type': 'application/json' },
        });
      const rows = await until(async () => {
        const found = await json<{ id: string; value: { attempt: number } }[]>('/lab/rows/inbox');
        return found.length === 3 ? found : undefined;
      });
      expect(rows.map(({ id, value }) => [id, value.attempt])).toEqual([
        ['bad', 2],
        ['fine', 1],
        ['good', 1],
      ]);
    },
    PATIENCE,
  );

  test(
    'an object reaches its trigger, put by a function or by a signed URL',
    async () => {
      await opened.ask('lab', '/lab/files/in%20a%2Bb', { method: 'PUT', body: 'four' });
      await opened.ask('lab', '/lab/files/out', { method: 'PUT', body: 'nobody asks for it' });
      const { up, down } = await json<Record<'up' | 'down', { url: string; headers: Record<string, string> }>>(
        '/lab/files/in%20by%20url/urls',
      );
      const sent = await fetch(up.url, { method: 'PUT', body: 'signed', headers: up.headers });
      expect(sent.status).toBe(200);
      expect(await (await fetch(down.url)).text()).toBe('signed');
      expect((await fetch(down.url.replace(/Signature=./, 'Signature=0'))).status).toBe(403);
      const rows = await until(async () => {
        const found = await json<{ id: string; value: unknown }[]>('/lab/rows/objects');
        return found.length === 2 ? found : undefined;
      });
      expect(rows.map(({ id, value }) => [id, value])).toEqual([
        ['in a+b', { size: 4 }],
        ['in by url', { size: 6 }],
      ]);
    },
    PATIENCE,
  );

  test(
    'a schedule is due each minute',
    async () => {
      const [first] = await until(async () => {
        const found = await json<{ id: string }[]>('/lab/rows/ticks');
        return found.length > 0 ? found : undefined;
      });
      expect(first?.id).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00.000Z$/);
    },
    PATIENCE,
  );

  test(
    'a secret is what the room was given',
    async () => {
      expect(await (await opened.ask('lab', '/lab/word')).text()).toBe('open sesame');
    },
    PATIENCE,
  );

  test(
    'the control function was told of each run that ended, and wrote it down',
    async () => {
      const id = await opened.start('squares', { items: [2] });
      await opened.over('squares', id);
      expect(lines.filter((line) => line.includes('the end of a run was not told'))).toEqual([]);
      const control = [...opened.room.calls].find(([arn]) => arn.endsWith(':skein-dev-skein-control'))?.[1].count ?? 0;
      // Waits are told to it too.
      expect(control).toBeGreaterThanOrEqual(opened.room.cloud.states.executions.size);
    },
    PATIENCE,
  );

  test('no function asked for what its role does not allow', () => {
    expect(opened.room.cloud.gate.denied).toEqual([]);
  });
});
