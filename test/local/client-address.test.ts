import { app, clientAddress, http } from 'skein';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientBehind, proxiesIn } from '../../handlers/local/forwarded.ts';
import { type Served, serve } from '../../handlers/local/server.ts';
import { temporary } from '../support/server.ts';

const asking = app('asking', {
  http: [http('who', { routes: (api) => api.all('/who', async (c) => c.json(clientAddress(c) ?? null)) })],
});

describe('who sent a request', () => {
  const direct = clientBehind([]);
  const behind = clientBehind(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48']);

  it.each([
    // Nobody is trusted: what a header says is worth nothing.
    [direct, '192.0.2.1', null, '192.0.2.1'],
    [direct, '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    [direct, '::ffff:192.0.2.1', null, '192.0.2.1'],
    [direct, '2001:DB8::1', '203.0.113.9', '2001:db8::1'],
    [direct, '127.0.0.1', '203.0.113.9', undefined],
    [direct, '127.8.8.8', null, undefined],
    [direct, '::1', null, undefined],
    [direct, '::ffff:127.0.0.1', null, undefined],
    [direct, undefined, '203.0.113.9', undefined],
    // As far as the header was written by those who are.
    [behind, '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    [behind, '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
    [behind, '127.0.0.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    [behind, '127.0.0.1', '6.6.6.6, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    [behind, '127.0.0.1', '6.6.6.6,203.0.113.9:4711 , 2001:db8:1::5', '203.0.113.9'],
    [behind, '10.9.9.9', '[2001:db8:2::1]:443', '2001:db8:2::1'],
    [behind, '127.0.0.1', 'unknown', undefined],
    [behind, '127.0.0.1', '203.0.113.9, ', undefined],
    [behind, '127.0.0.1', '203.0.113.9, 127.0.0.1', '203.0.113.9'],
    [behind, '127.0.0.1', null, undefined],
    [behind, '10.1.2.3', null, '10.1.2.3'],
    [behind, '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ] as const)('%#: %s %s', (clientOf, remote, forwarded, expected) => {
    expect(clientOf(remote, forwarded)).toBe(expected);
  });

  it.each(['x', '10.0.0.0/33', '10.0.0.0/', '::1/129', '10.0.0.0/8/8', '', 'localhost'])('%j is no proxy', (proxy) => {
    expect(() => clientBehind([proxy])).toThrow(JSON.stringify(proxy));
  });

  it('reads the setting', () => {
    expect(proxiesIn(undefined)).toEqual([]);
    expect(proxiesIn(' 10.0.0.0/8 ,::1,')).toEqual(['10.0.0.0/8', '::1']);
  });
});

describe('the local server', () => {
  const servers: Served[] = [];
  const serving = async (options: object): Promise<(headers?: HeadersInit) => Promise<unknown>> => {
    const served = await serve([asking], { port: 0, data: temporary(), ...options });
    servers.push(served);
    return async (headers = {}) =>
      (await fetch(`${served.url}/who`, { method: 'POST', body: '{}', headers })).json() as Promise<unknown>;
  };
  const forwarded = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9', 'x-real-ip': '6.6.6.6', forwarded: 'for=6.6.6.6' };
  let trusting: (headers?: HeadersInit) => Promise<unknown>;
  beforeAll(async () => {
    trusting = await serving({ trustedProxies: ['127.0.0.1'] });
  });
  afterAll(async () => {
    for (const one of servers) await one.close();
  });

  it('believes no header unless it is told whose', async () => {
    const alone = await serving({});
    expect([await alone(), await alone(forwarded)]).toEqual([null, null]);
    expect([await trusting(), await trusting(forwarded)]).toEqual([null, '203.0.113.9']);
  });

  it('is told by a setting, too', async () => {
    const set = await serving({ env: { SKEIN_TRUSTED_PROXIES: '127.0.0.0/8' } });
    expect(await set(forwarded)).toBe('203.0.113.9');
    await expect(serving({ env: { SKEIN_TRUSTED_PROXIES: 'everybody' } })).rejects.toThrow('"everybody" is neither');
  });
});
