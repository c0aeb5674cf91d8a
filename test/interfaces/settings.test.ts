import { readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { portOf } from '../../cli/settings.ts';
import { skein } from '../cli/skein.ts';
import { OFFICE, startServer, temporary } from '../support/server.ts';

describe('settings', () => {
  test('S1: PORT is the port of the server', async () => {
    const port = await freePort();
    const { url } = await startServer({ module: OFFICE, env: { PORT: String(port) } });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(url)).status).toBe(200);
  });

  test('S1: 3000 where it is not set', () => {
    expect(portOf(undefined, {})).toBe(3000);
  });

  test('S2: SKEIN_DATA is the data folder; .skein where it is not set', async () => {
    const data = join(temporary(), 'made', 'when-needed');
    await startServer({ module: OFFICE, data });
    expect(statSync(join(data, 'journal.db')).isFile()).toBe(true);

    const cwd = temporary();
    expect((await skein(['runs', '--module', OFFICE], { cwd })).code).toBe(0);
    expect(statSync(join(cwd, '.skein', 'journal.db')).isFile()).toBe(true);
  });

  test('S3: a key is made once, kept in admin.key with mode 0600, and the command line reads it', async () => {
    const first = await startServer({ module: OFFICE });
    const file = join(first.data, 'admin.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(first.key.length).toBeGreaterThanOrEqual(22);
    expect((await first.withKey('/runs')).status).toBe(200);
    expect((await skein(['runs'], { env: { SKEIN_DATA: first.data } })).code).toBe(0);
    await first.stop();

    const second = await startServer({ module: OFFICE, data: first.data });
    expect(readFileSync(file, 'utf8').trim()).toBe(first.key);
    expect((await second.withKey('/runs')).status).toBe(200);
  });

  test('S3: SKEIN_ADMIN_KEY is the key where it is set, and is not kept', async () => {
    const server = await startServer({ module: OFFICE, env: { SKEIN_ADMIN_KEY: 'a-key-of-my-own' } });
    expect((await server.withKey('/runs')).status).toBe(200);
    expect(() => statSync(join(server.data, 'admin.key'))).toThrow('ENOENT');

    const without = await skein(['runs'], { env: { SKEIN_DATA: server.data } });
    expect(without.code).toBe(3);
    expect(without.stderr).toContain('SKEIN_ADMIN_KEY');
    const given = await skein(['runs'], { env: { SKEIN_DATA: server.data, SKEIN_ADMIN_KEY: 'a-key-of-my-own' } });
    expect(given.code).toBe(0);
  });

  test('S4: the server binds 127.0.0.1 and no other address', async () => {
    const { url } = await startServer({ module: OFFICE });
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    expect(await accepts('127.0.0.1', Number(port))).toBe(true);
    // All of 127/8 is this machine: a server that is bound to every address would answer here.
    expect(await accepts('127.0.0.2', Number(port))).toBe(false);
    expect(await accepts('::1', Number(port))).toBe(false);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
