import { queue } from 'skein';
import { expect, test } from 'vitest';
import integral from '../../apps/integral/index.ts';
import statistics from '../../apps/statistics/index.ts';
import { log, requests, responses } from '../../apps/statistics/resources.ts';
import { open } from '../../handlers/local/dev.ts';
import { until } from '../support/server.ts';
import { askingRoom, expectedAnswer } from './statistics-asking.ts';

/** `STATISTICS_REQUESTS=100000 npx vitest run test/apps/statistics-load.test.ts` is the whole of it. */
const REQUESTS = Number(process.env.STATISTICS_REQUESTS ?? 1_000);
const USERS = 400;
/** Of a hundred messages. */
const POISON = 1;

test(`${REQUESTS} requests, every message twice, one in a hundred poison: each answered, and others too`, {
  timeout: 60_000 + REQUESTS * 50,
}, async () => {
  const room = await open([statistics, integral], { env: { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:duplicate' } });
  try {
    const { ask, answerOf, request } = askingRoom(room);
    const clients = room.clients({
      log: log.read,
      poison: queue(requests.name).write,
      requests: requests.read,
      responses: responses.read,
    });
    const sums = await (await request('/integral/0/3.14159?n=10')).text();
    const begun = performance.now();
    let next = 0;
    let poisoned = 0;
    const others: number[] = [];
    const numbersOf = (n: number): readonly number[] => [n, -n, n * 7, n % 13];
    const user = async (): Promise<void> => {
      for (let n = next++; n < REQUESTS; n = next++) {
        if (n % 100 < POISON) {
          await clients.poison.send({ poison: n });
          poisoned++;
        }
        const id = await ask(numbersOf(n));
        expect(await answerOf(id)).toEqual(expectedAnswer(id, numbersOf(n)));
      }
    };
    const stranger = async (): Promise<void> => {
      while (next < REQUESTS) {
        const asked = performance.now();
        const response = await request('/integral/0/3.14159?n=10');
        expect([response.status, await response.text()]).toEqual([200, sums]);
        others.push(performance.now() - asked);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await Promise.all([...Array.from({ length: USERS }, user), stranger()]);
    const seconds = (performance.now() - begun) / 1_000;
    await until(async () => {
      const depths = [await clients.requests.depth(), await clients.responses.depth()];
      return depths.every(({ ready, inFlight }) => ready + inFlight === 0) || undefined;
    });
    expect(others.length).toBeGreaterThan(0);
    expect((await clients.requests.depth()).dead).toBe(poisoned * 2);
    expect((await clients.responses.depth()).dead).toBe(0);
    let logged = 0;
    for (let cursor: string | undefined; ; ) {
      const page = await clients.log.list(cursor === undefined ? {} : { cursor });
      logged += page.items.length;
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(logged).toBe(REQUESTS);
    console.info(
      `${REQUESTS} requests answered in ${seconds.toFixed(1)} s: ${Math.round(REQUESTS / seconds)} a second`,
    );
  } finally {
    await room.close();
  }
});
