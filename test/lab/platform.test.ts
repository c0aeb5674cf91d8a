import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openAutoscale, type Sample } from '../../loadtests/lab/platform/autoscale.ts';
import { type Balancer, type BalancerOptions, openBalancer } from '../../loadtests/lab/platform/balancer.ts';
import {
  AZURE_AUTOSCALE,
  AZURE_FRONT_END,
  AZURE_LOAD_BALANCER,
  autoscaleAt,
  balancerAt,
  RETRYING_BALANCER,
} from '../../loadtests/lab/platform/rules.ts';
import { until } from '../support/server.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener, name: string) {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  closing.push(stop);
  return { name, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), stop };
}

const saying = (name: string) => serve((_request, response) => response.end(name), name);

async function balance(options: Partial<BalancerOptions> = {}): Promise<Balancer & { verdicts: string[] }> {
  const verdicts: string[] = [];
  const balancer = await openBalancer({
    rules: balancerAt(AZURE_LOAD_BALANCER, 50),
    onHealth: ({ name }, healthy) => void verdicts.push(`${name} ${healthy ? 'up' : 'down'}`),
    onFirst: () => undefined,
    ...options,
  });
  closing.push(() => balancer.close());
  return { ...balancer, verdicts };
}

const ask = async (url: string): Promise<string> => {
  try {
    const response = await fetch(url);
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? 'error';
  }
};
const asks = async (url: string, times: number): Promise<string[]> => {
  const said: string[] = [];
  for (let k = 0; k < times; k++) said.push(await ask(url));
  return said;
};

describe('the balancer', () => {
  test('takes turns, finds who is gone by its probes, and meanwhile its clients see resets', async () => {
    const [a, b] = [await saying('a'), await saying('b')];
    const balancer = await balance();
    balancer.add(a);
    balancer.add(b);
    expect((await asks(balancer.url, 4)).sort()).toEqual(['200 a', '200 a', '200 b', '200 b']);
    b.stop();
    expect(await asks(balancer.url, 4)).toContain('ECONNRESET');
    await until(async () => (balancer.verdicts.length > 0 ? true : undefined));
    expect(balancer.verdicts).toEqual(['b down']);
    expect(await asks(balancer.url, 3)).toEqual(['200 a', '200 a', '200 a']);
  });

  test('that speaks HTTP answers 502, and one that tries again loses none', async () => {
    const [a, b] = [await saying('a'), await saying('b')];
    const plain = await balance({ rules: AZURE_FRONT_END });
    const retrying = await balance({ rules: RETRYING_BALANCER });
    for (const balancer of [plain, retrying]) for (const one of [a, b]) balancer.add(one);
    b.stop();
    expect((await asks(plain.url, 4)).sort()).toEqual(['200 a', '200 a', '502 failed', '502 failed']);
    expect(await asks(retrying.url, 4)).toEqual(['200 a', '200 a', '200 a', '200 a']);
  });

  test('does not send a request with a body twice', async () => {
    const a = await saying('a');
    a.stop();
    const balancer = await balance({ rules: RETRYING_BALANCER });
    balancer.add(a);
    const response = await fetch(balancer.url, { method: 'POST', body: 'vote' });
    expect(response.status).toBe(502);
  });

  test('cuts itself off, and knows it after two probes; and finds the way back', async () => {
    const a = await saying('a');
    const balancer = await balance({ rules: balancerAt(AZURE_FRONT_END, 50) });
    balancer.add(a);
    balancer.partition('a', true);
    await until(async () => (balancer.verdicts.includes('a down') ? true : undefined));
    expect(await ask(balancer.url)).toBe('502 nobody');
    balancer.partition('a', false);
    await until(async () => (balancer.verdicts.includes('a up') ? true : undefined));
    expect(await ask(balancer.url)).toBe('200 a');
  });

  test('hears no answer over a cut line, not even to what it asked before', async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const a = await serve(async (_request, response) => {
      asked.resolve();
      await release.promise;
      response.end('a');
    }, 'a');
    const balancer = await balance({ rules: balancerAt(AZURE_FRONT_END, 50) });
    balancer.add(a);
    await asked.promise;
    balancer.partition('a', true);
    await until(async () => (balancer.verdicts.length > 0 ? true : undefined));
    release.resolve();
    // Longer than several probes take.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(balancer.verdicts).toEqual(['a down']);
  });

  test('refuses with 429 what is more than the throttle lets through', async () => {
    const a = await saying('a');
    const balancer = await balance();
    balancer.add(a);
    balancer.throttle(2);
    const said = await Promise.all(Array.from({ length: 20 }, () => ask(balancer.url)));
    expect(said.filter((one) => one === '200 a').length).toBeGreaterThanOrEqual(2);
    expect(said.filter((one) => one === '429 throttled').length).toBeGreaterThan(10);
    balancer.throttle(undefined);
    expect(await ask(balancer.url)).toBe('200 a');
  });

  test('keeps requests for whoever comes, one at a time each, and refuses those that waited too long', async () => {
    let open = 0;
    let most = 0;
    const slow = await serve(async (_request, response) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 30));
      open--;
      response.end('slow');
    }, 'slow');
    const balancer = await balance({ rules: AZURE_FRONT_END, concurrency: 1, waitSeconds: 20 });
    const said = Promise.all([ask(balancer.url), ask(balancer.url), ask(balancer.url)]);
    await until(async () => (balancer.waiting() === 3 ? true : undefined));
    balancer.add(slow);
    expect(await said).toEqual(['200 slow', '200 slow', '200 slow']);
    expect(most).toBe(1);
    const impatient = await balance({ rules: AZURE_FRONT_END, concurrency: 1, waitSeconds: 0.05 });
    expect(await ask(impatient.url)).toBe('503 waited');
  });

  test('lets who leaves finish, and sends it nothing more', async () => {
    const release = Promise.withResolvers<void>();
    const a = await serve(async (_request, response) => {
      await release.promise;
      response.end('a');
    }, 'a');
    const balancer = await balance({ rules: AZURE_FRONT_END });
    balancer.add(a);
    const first = ask(balancer.url);
    await until(async () => (balancer.present(a) === 1 ? true : undefined));
    let left = false;
    const leaving = balancer.drain(a).then(() => {
      left = true;
    });
    expect(await ask(balancer.url)).toBe('502 nobody');
    expect(left).toBe(false);
    release.resolve();
    expect(await first).toBe('200 a');
    await leaving;
  });
});

describe('the autoscaler', () => {
  /** The size after each look, with a load that depends on the size. */
  function sizes(load: (at: number, size: number) => number, seconds: number): number[] {
    const machine = openAutoscale(AZURE_AUTOSCALE);
    let size = 1;
    const seen: number[] = [];
    for (let at = 0; at <= seconds; at += AZURE_AUTOSCALE.everySeconds) {
      const sample: Sample = { at, loads: Array.from({ length: size }, () => load(at, size)) };
      size += machine.decide(sample);
      seen.push(size);
    }
    return seen;
  }
  const firstAt = (seen: readonly number[], size: number): number => seen.indexOf(size) * AZURE_AUTOSCALE.everySeconds;

  test('grows after a whole window above the threshold, with a cool-down between two steps, to its most', () => {
    const seen = sizes(() => 0.9, 600);
    expect([firstAt(seen, 2), firstAt(seen, 3)]).toEqual([60, 120]);
    expect(Math.max(...seen)).toBe(3);
  });

  test('shrinks when the load has gone, a step at a time, to its least', () => {
    const seen = sizes((at, size) => (at < 200 ? 0.9 : 0.1 / size), 900);
    expect(seen.at(-1)).toBe(1);
    const changes = seen.flatMap((size, k) => (k > 0 && size !== seen[k - 1] ? [size] : []));
    expect(changes).toEqual([2, 3, 2, 1]);
  });

  test('does not shrink where it would have to grow again at once', () => {
    // A little under the lower threshold on 3, and over the upper one on 1: 2 is where it stays.
    const work = 0.58;
    const seen = sizes((at, size) => (at < 200 ? 0.9 : Math.min(1, work / size)), 1200);
    expect(seen.at(-1)).toBe(2);
    expect(new Set(seen.slice(-30))).toEqual(new Set([2]));
  });

  test('keeps still at what is between the thresholds', () => {
    expect(new Set(sizes(() => 0.45, 600))).toEqual(new Set([1]));
  });

  test('a faster clock changes times, and nothing else', () => {
    const { everySeconds, windowSeconds, coolDownSeconds, provisionSeconds, ...rest } = autoscaleAt(AZURE_AUTOSCALE, 4);
    expect([everySeconds, windowSeconds, coolDownSeconds, provisionSeconds]).toEqual([2.5, 15, 15, 3.75]);
    expect(AZURE_AUTOSCALE).toMatchObject(rest);
  });
});
