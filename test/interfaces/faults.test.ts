import { describe, expect, test } from 'vitest';
import { skein } from '../cli/skein.ts';
import { OFFICE, POST, startServer, temporary } from '../support/server.ts';

const greet = (data: string, env: Record<string, string>) =>
  skein(['run', 'greet', '--input', '{"name":"Ada"}', '--id', 'f', '--module', OFFICE], {
    env: { SKEIN_DATA: data, ...env },
  });

describe('faults', () => {
  test('F1: kill ends the process at that operation; the run goes on at the next start', async () => {
    const data = temporary();
    const { signal, stdout } = await greet(data, { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:2:kill' });
    expect([signal, stdout]).toEqual(['SIGKILL', '']);
    const server = await startServer({ module: OFFICE, data });
    expect(await server.over('f')).toMatchObject({ status: 'succeeded', output: { greeting: 'Hello, Ada' } });
  });

  test('F1: EIO fails that operation alone, and nothing has happened', async () => {
    const data = temporary();
    const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:1:EIO' };
    const server = await startServer({ module: OFFICE, data, env });
    const start = () =>
      server.withKey('/workflows/greet/runs', {
        method: 'POST',
        body: '{"name":"Ada"}',
        headers: { 'idempotency-key': 'f' },
      });
    expect((await start()).status).toBe(503);
    expect((await server.withKey('/runs/f')).status).toBe(404);
    expect((await start()).status).toBe(202);
    expect((await server.over('f')).status).toBe('succeeded');
  });

  test('F1: a put that meets ENOSPC stores nothing', async () => {
    const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'bucket:1:ENOSPC' };
    const server = await startServer({ module: OFFICE, env });
    const put = () => server.withKey('/buckets/desk/full.txt', { method: 'PUT', body: 'full' });
    const refused = await put();
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'Unavailable' }]);
    expect((await server.withKey('/buckets/desk/full.txt')).status).toBe(404);
    expect((await put()).status).toBe(201);
  });

  test.each(['duplicate', 'torn'])('F1: %s changes no result', async (action) => {
    for (let k = 1; k <= 4; k++) {
      const data = temporary();
      await greet(data, { SKEIN_TEST: '1', SKEIN_FAULT: `journal:${k}:${action}` });
      const after = await greet(data, {});
      expect([k, after.code, JSON.parse(after.stdout)]).toEqual([k, 0, { greeting: 'Hello, Ada' }]);
    }
  });

  test('F2: count prints the total at exit', async () => {
    const { stdout, code } = await greet(temporary(), { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:count' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\njournal operations: [1-9]\d*\n$/);

    const server = await startServer({ module: OFFICE, env: { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:count' } });
    const ended = await server.stop();
    expect(ended.stdout).toMatch(/\njournal operations: 0\n$/);
  });

  test('F3: without SKEIN_TEST=1 it is ignored', async () => {
    for (const fault of ['journal:1:kill', 'journal:count', 'nonsense']) {
      const { stdout, code } = await greet(temporary(), { SKEIN_FAULT: fault });
      expect([code, JSON.parse(stdout)]).toEqual([0, { greeting: 'Hello, Ada' }]);
    }
  });

  test('F4: queue and table are targets too, and every is each operation', async () => {
    const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:EIO' };
    const server = await startServer({ module: POST, env });
    const send = () => server.request('/post', { method: 'POST', body: '{"to":"ada"}' });
    expect([(await send()).status, (await send()).status]).toEqual([503, 503]);
  });
});
