import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { READ_OVER } from '../../../handlers/azure/host/stream-proxy.ts';
import { appFolder, openApp } from './open-app.ts';

const stream = appFolder('stream');

describe('HTTP streams', () => {
  it('hands chunks on as they come, both ways', async () => {
    const { host } = await openApp(stream);
    const ticks = await host.fetch('/ticks/3');
    expect(ticks.headers.get('content-type')).toBe('text/event-stream');
    expect(await ticks.text()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    const chunks = (await host.fetch('/gated')).body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await chunks.read()).value).toBe('before');
    // What comes after that is not made yet.
    await host.fetch('/open');
    expect((await chunks.read()).value).toBe('after');
    const body = new Uint8Array(3_000_000);
    const upload = await host.fetch('/upload?tag=a&tag=b', { method: 'POST', body });
    expect(await upload.json()).toEqual({ bytes: 3_000_000, query: ['a', 'b'] });
  });

  it.each([
    5 * 1024 * 1024,
    READ_OVER * 2,
  ])('keeps or ends a connection whose request of %i bytes was answered early', async (size) => {
    const { host } = await openApp(stream);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (path: string, body?: Buffer): Promise<unknown> => {
      const asked = request(new URL(path, host.url), { agent, method: body === undefined ? 'GET' : 'POST' });
      const answered = once(asked, 'response');
      asked.on('error', () => undefined).end(body);
      const [answer] = (await answered) as [IncomingMessage];
      return [answer.statusCode, await textOf(answer)];
    };
    for (let round = 0; round < 3; round++) {
      expect(await ask('/refuse', Buffer.alloc(size))).toEqual([413, 'too much']);
      expect(await ask('/ticks/1')).toEqual([200, 'data: 1\n\n']);
    }
    agent.destroy();
  });

  it('ends requests that the library leaves open', async () => {
    const { host } = await openApp(stream);
    expect((await host.fetch('/nothing')).status).toBe(204);
    expect((await host.fetch('/wrong')).status).toBe(500);
    const halfway = host.fetch('/halfway').then(async (answer) => (answer.ok ? answer.text() : Promise.reject(answer)));
    await expect(halfway).rejects.toBeDefined();
    expect((await host.fetch('/ticks/1')).status).toBe(200);
  });

  it('keeps the server of the library on loopback', async () => {
    const { log } = await openApp(stream);
    const port = log.flatMap(({ message }) => /Port: (\d+)/.exec(message)?.[1] ?? [])[0];
    const hex = Number(port).toString(16).toUpperCase().padStart(4, '0');
    // https://docs.kernel.org/networking/proc_net_tcp.html: the local addresses, in hexadecimal.
    const listening = execFileSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], {
      ...{ encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    })
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[1] ?? '')
      .filter((address) => address.endsWith(`:${hex}`));
    expect(listening).toContain(`0100007F:${hex}`);
    expect(listening.filter((address) => /^0+:/.test(address))).toEqual([]);
  });
});
