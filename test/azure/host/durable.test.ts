import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../handlers/azure/host/index.ts';
import { appFolder, openApp } from './open-app.ts';

const hello = appFolder('hello-durable');

interface Links {
  readonly id: string;
  readonly statusQueryGetUri: string;
  readonly terminatePostUri: string;
}

async function start(host: Host, orchestrator: string): Promise<Links> {
  const answer = await host.fetch(`/api/orchestrators/${orchestrator}`, { method: 'POST' });
  expect(answer.status).toBe(202);
  return (await answer.json()) as Links;
}

describe('a Durable app', () => {
  it('chains activities; the status is at the URL that the library gave', async () => {
    const { host } = await openApp(hello);
    const { id, statusQueryGetUri } = await start(host, 'helloOrchestrator');
    expect(new URL(statusQueryGetUri).origin).toBe(host.url);
    expect(new URL(statusQueryGetUri).searchParams.get('taskHub')).toBe('HelloHub');
    const { output } = (await host.durable?.settled(id)) ?? {};
    expect(output).toEqual(['Hello, Tokyo', 'Hello, Seattle', 'Hello, Cairo']);
    const asked = await fetch(statusQueryGetUri);
    expect([asked.status, await asked.json()]).toMatchObject([200, { runtimeStatus: 'Completed', output }]);
  });

  it('reaches any server by callHttp, and has the version that host.json says', async () => {
    const { host } = await openApp(hello);
    const id = await host.durable!.start('visit', `${host.url}/admin/host/ping`);
    expect((await host.durable!.settled(id)).output).toEqual([200, '1.0']);
  });

  it('runs no more activities at once than host.json says', async () => {
    const { host } = await openApp(hello);
    expect((await host.durable!.settled(await host.durable!.start('crowd', null))).output).toBe(2);
  });

  it('lets ten days go by at once on a virtual clock', async () => {
    const { host } = await openApp(hello, { clock: 'virtual' });
    const { id } = await start(host, 'reminder');
    const status = await host.durable?.settled(id);
    expect(status?.output).toBe('Hello, later');
    const took = Date.parse(status?.lastUpdatedTime ?? '') - Date.parse(status?.createdTime ?? '');
    expect(took).toBeGreaterThanOrEqual(10 * 24 * 3_600_000);
    expect(await (await host.fetch('/api/wait/reminder')).text()).toBe('"Hello, later"');
  });

  it('calls an activity again that took the process down with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skein-host-'));
    const { host, log } = await openApp(hello);
    // Not over HTTP: that call would end with the process too.
    const id = await host.durable!.start('stubborn', join(folder, 'seen'));
    expect((await host.durable!.settled(id)).output).toBe('survived');
    expect(log.some(({ fields }) => String(fields.error).startsWith('WorkerExited'))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('guards its management by the admin key, where there are keys', async () => {
    const keys = { function: 'f-key-of-eight', admin: 'a-key-of-eight' };
    const { host } = await openApp(hello, { keys });
    const { statusQueryGetUri } = await start(host, 'helloOrchestrator');
    expect((await fetch(statusQueryGetUri)).ok).toBe(true);
    const url = new URL(statusQueryGetUri);
    url.searchParams.delete('code');
    expect((await fetch(url)).status).toBe(401);
    const foreign = { method: 'POST', headers: { origin: 'https://evil.example' } };
    expect((await fetch(statusQueryGetUri, foreign)).status).toBe(403);
  });
});
