import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, http, queue } from 'skein';
import { expect, test } from 'vitest';
import statistics from '../../apps/statistics/index.ts';
import { log, requests, responses } from '../../apps/statistics/resources.ts';
import { open } from '../../handlers/local/dev.ts';
import { ROOT, type Server, startServer, temporary, until } from '../support/server.ts';
import { asking, expectedAnswer } from './statistics-asking.ts';

/** The whole of it is `STATISTICS_REQUESTS=100000 STATISTICS_KILL_MS=5000 npx vitest run test/apps/statistics-load.test.ts`. */
const REQUESTS = Number(process.env.STATISTICS_REQUESTS ?? 400);
const KILL_MS = Number(process.env.STATISTICS_KILL_MS ?? 2_500);
const USERS = 400;
/** Of a hundred messages. */
const POISON = 1;
/** Milliseconds between two requests of somebody who wants nothing of the queues. */
const PACE = 50;

const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:duplicate' };
const anything = queue(requests.name);
/** The queues without those who work on them. */
const readers = app('readers', {
  http: [http('none', { uses: { a: anything.all, r: responses.read, l: log.read }, routes: (api) => api })],
});

test(`${REQUESTS} requests, each message twice, one in a hundred poison, killed every ${KILL_MS} ms: each answered once`, {
  timeout: 120_000 + REQUESTS * 100,
}, async () => {
  const data = temporary();
  const starting = () => startServer({ module: join(ROOT, 'test/apps/programs/statistics-poison.ts'), data, env });
  let server: Promise<Server> = starting();
  let over = false;
  let kills = 0;
  const killing = async (): Promise<void> => {
    while (!over) {
      const running = await server;
      await sleep(KILL_MS);
      if (over) return;
      server = running.kill().then(starting);
      kills++;
    }
  };
  /** The answer, from whichever process lives to give one. */
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    for (;;) {
      try {
        const response = await (await server).request(path, init);
        if (response.status < 500) return new Response(await response.text(), response);
      } catch {
        // Killed: whoever was cut off does not know whether it was done, and asks again.
      }
      await sleep(20);
    }
  };
  const { ask, answerOf } = asking(request);

  const answered = new Set<string>();
  const poisons = { tried: new Set<number>(), taken: new Set<number>() };
  let next = 0;
  const user = async (): Promise<void> => {
    for (let n = next++; n < REQUESTS; n = next++) {
      if (n % 100 < POISON) {
        poisons.tried.add(n);
        const { status } = await request('/poison', { method: 'POST', body: JSON.stringify({ poison: n }) });
        if (status === 202) poisons.taken.add(n);
      }
      const numbers = [n, -n, n * 7, n % 13];
      const id = await ask(numbers);
      expect(await answerOf(id)).toEqual(expectedAnswer(id, numbers));
      expect(answered.has(id)).toBe(false);
      answered.add(id);
    }
  };
  const strangers = { asked: 0, served: 0 };
  const stranger = async (): Promise<void> => {
    for (; !over; await sleep(PACE)) {
      const running = await server;
      strangers.asked++;
      const response = await running.request('/apps/statistics').catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok) strangers.served++;
    }
  };

  const begun = performance.now();
  const beside = [killing(), stranger()];
  await Promise.all(Array.from({ length: USERS }, user));
  const seconds = (performance.now() - begun) / 1_000;
  over = true;
  await Promise.all(beside);
  await (await server).stop();

  const room = await open([statistics], { data, env: {} });
  const working = room.clients({ requests: requests.read, responses: responses.read });
  await until(async () => {
    const depths = [await working.requests.depth(), await working.responses.depth()];
    return depths.every(({ ready, inFlight }) => ready + inFlight === 0) || undefined;
  });
  expect((await working.responses.depth()).dead).toBe(0);
  await room.close();

  const reading = await open([readers], { data, env: {} });
  try {
    const clients = reading.clients({ a: anything.all, l: log.read });
    const dead = await clients.a.redrive();
    const found = new Set<unknown>();
    for (let left = dead; left > 0; ) {
      const messages = await clients.a.receive({ max: 10 });
      for (const { message, receipt } of messages) {
        expect(Object.keys(message as object)).toEqual(['poison']);
        found.add((message as { poison: unknown }).poison);
        await clients.a.ack(receipt);
      }
      left -= messages.length;
    }
    for (const n of poisons.taken) expect(found).toContain(n);
    for (const n of found) expect(poisons.tried).toContain(n);
    const logged = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page = await clients.l.list(cursor === undefined ? {} : { cursor });
      for (const { key } of page.items) logged.add(key.slice(11, -5));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    for (const id of answered) expect(logged.has(id)).toBe(true);
  } finally {
    await reading.close();
  }
  const rate = Math.round(REQUESTS / seconds);
  console.info(
    `${REQUESTS} requests answered in ${seconds.toFixed(1)} s, ${rate} a second, over ${kills} kills; ` +
      `${poisons.tried.size} poison; others: ${strangers.served} of ${strangers.asked} served`,
  );
});
