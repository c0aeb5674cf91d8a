import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { skein } from '../../cli/skein.ts';
import { childEnv, follow, ROOT } from '../../support/server.ts';
import { AZURITE_WANTED, hasAzurite } from '../azurite.ts';
import { appFolder } from './open-app.ts';

/** Starts a command that says in one line of JSON that it is ready. */
async function started<T extends { readonly url: string; readonly pid: number }>(args: readonly string[]) {
  const child = spawn(process.execPath, ['cli/skein.ts', ...args, '--port', '0', '--json'], {
    cwd: ROOT,
    env: childEnv(),
  });
  const ended = follow(child);
  const line = once(createInterface({ input: child.stdout }), 'line');
  const early = ended.then(({ stderr }) => Promise.reject(new Error(stderr)));
  early.catch(() => undefined);
  const [text] = (await Promise.race([line, early])) as [string];
  const said = JSON.parse(text) as T;
  expect(said.pid).toBe(child.pid);
  const stop = (): typeof ended => {
    child.kill('SIGTERM');
    return ended;
  };
  return { said, stop };
}

describe('skein host azure', () => {
  it('serves a folder until it is told to stop', async () => {
    const args = ['host', 'azure', appFolder('hello-durable')];
    const { said, stop } = await started<{ url: string; pid: number; functions: string[] }>(args);
    const { url, functions } = said;
    expect(functions).toContain('helloOrchestrator');
    expect(await (await fetch(`${url}/api/wait/helloOrchestrator`)).json()).toEqual([
      'Hello, Tokyo',
      'Hello, Seattle',
      'Hello, Cairo',
    ]);
    expect(await stop()).toMatchObject({ code: 0 });
  });

  it.each([
    [['host', 'azure'], 2, '<folder> is missing'],
    [['host', 'aws', '.'], 2, "'aws' is no cloud whose functions can be hosted; there is: azure"],
    [['host', 'azure', 'docs'], 2, 'docs has no host.json: give the folder that func would publish'],
    [['host', 'azure', appFolder('stream'), '--port', 'x'], 2, '--port: a port is a number'],
    [
      ['host', 'azure', appFolder('orders'), '--port', '0'],
      3,
      'function handleOrder cannot listen to its queueTrigger',
    ],
  ])('refuses %j', async (args, code, message) => {
    // Nothing listens there.
    const nowhere = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:1/a;';
    const ended = await skein(args, { env: { AzureWebJobsStorage: nowhere } });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain('    at ');
  });
});

describe.skipIf(!hasAzurite)(
  hasAzurite ? 'skein dev --room azure' : `SKIPPED dev --room azure: ${AZURITE_WANTED}`,
  () => {
    it('serves the apps from the folder that is published', async () => {
      const data = mkdtempSync(join(tmpdir(), 'skein-room-'));
      const { said, stop } = await started(['dev', '--room', 'azure', '--data', data, '--module', 'apps/index.ts']);
      const page = await fetch(said.url);
      expect([page.status, await page.text()]).toMatchObject([200, expect.stringContaining('word-count')]);
      const integral = (await (await fetch(`${said.url}/numericalintegralservice/0/3.14159`)).json()) as {
        results: unknown[];
      };
      expect(integral.results).toHaveLength(7);
      for (const path of ['runtime/webhooks/durabletask/instances', 'admin/functions', 'admin/functions/skein-step'])
        expect([path, (await fetch(`${said.url}/${path}`)).status]).toEqual([path, 401]);
      expect(await stop()).toMatchObject({ code: 0 });
      rmSync(data, { recursive: true });
    }, 180_000);
  },
);
