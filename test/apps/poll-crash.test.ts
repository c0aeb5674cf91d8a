import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ROOT, type Server, startServer, temporary } from '../support/server.ts';

/** The whole crowd is `POLL_VOTERS=1000 POLL_KILL_MS=2000`. */
const VOTERS = Number(process.env.POLL_VOTERS ?? 200);
const KILL_MS = Number(process.env.POLL_KILL_MS ?? 300);
const DUPLICATES = 10;
/** Voters whose ten votes are under way at once. */
const AT_ONCE = 20;
const PATIENCE = 120_000 + VOTERS * 300;

interface Shown {
  readonly votes: number;
  readonly options: readonly { readonly votes: number }[];
}

test(`${VOTERS} voters who send ${DUPLICATES} votes at once have a vote each, however often the process is killed`, {
  timeout: PATIENCE,
}, async () => {
  const data = temporary();
  const starting = () => startServer({ module: join(ROOT, 'apps/poll/index.ts'), data });
  let server: Promise<Server> = starting();
  const post = async (path: string, body: unknown): Promise<Response> =>
    (await server).request(path, { method: 'POST', body: JSON.stringify(body) });
  /** The answer, from whichever process lives to give one. */
  const answered = async (path: string, body: unknown): Promise<Response> => {
    for (;;) {
      const response = await post(path, body).catch(() => undefined);
      if (response !== undefined && response.status < 500) return response;
      await sleep(20);
    }
  };
  const { id } = (await (await post('/polls', { title: 'Killed?', options: ['Yes', 'No'] })).json()) as { id: string };

  let started = 0;
  let begun = 0;
  let over = false;
  let kills = 0;
  let readings = 0;
  const killing = async (): Promise<void> => {
    while (!over) {
      const running = await server;
      // On a machine that does much else a process that is killed too soon has done nothing.
      const begun = performance.now();
      await running.request(`/polls/${id}`);
      await sleep(Math.max(KILL_MS, 3 * (performance.now() - begun)));
      if (over) return;
      server = running.kill().then(starting);
      kills++;
    }
  };
  const watching = async (): Promise<void> => {
    for (let last = 0; !over; ) {
      const response = await (await server).request(`/polls/${id}`).catch(() => undefined);
      const shown = (await response?.json().catch(() => undefined)) as Shown | undefined;
      if (response?.status === 200 && shown !== undefined) {
        expect(shown.votes).toBeLessThanOrEqual(begun);
        expect(shown.votes).toBeGreaterThanOrEqual(last);
        last = shown.votes;
        readings++;
      }
      await sleep(10);
    }
  };
  const voting = async (): Promise<void> => {
    const { voter } = (await (await answered(`/polls/${id}/voters`, {})).json()) as { voter: string };
    begun++;
    const votes = Array.from({ length: DUPLICATES }, async (_, n) => {
      const response = await answered(`/polls/${id}/votes`, { voter, option: 1 + (n % 2) });
      await response.body?.cancel();
      return response.status;
    });
    const statuses = await Promise.all(votes);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(statuses).toContain(200);
  };

  const lane = async (): Promise<void> => {
    while (started++ < VOTERS) await voting();
  };

  const kill = killing();
  const watch = watching();
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    over = true;
    await Promise.all([kill, watch]);
  }
  const last = await server;
  const shown = async () => (await (await last.request(`/polls/${id}`)).json()) as Shown;
  await expect.poll(async () => (await shown()).votes, { timeout: 10_000 }).toBe(VOTERS);
  // Longer than what is shown may be old: nothing comes late and is counted twice.
  await sleep(1_100);
  expect((await shown()).votes).toBe(VOTERS);
  expect(kills).toBeGreaterThan(0);
  expect(readings).toBeGreaterThan(kills);
  await last.stop();
});
