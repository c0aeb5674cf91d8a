import { expect, test } from 'vitest';
import statistics from '../../apps/statistics/index.ts';
import { answerKey, answers, log, requests, responses } from '../../apps/statistics/resources.ts';
import { open } from '../../handlers/local/dev.ts';
import { startServer, temporary, until } from '../support/server.ts';
import { asking, askingRoom, expectedAnswer } from './statistics-asking.ts';

const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'queue:every:duplicate' };

test('killed again and again in the middle, every request that was accepted is answered once', {
  timeout: 180_000,
}, async () => {
  const data = temporary();
  const accepted = new Map<string, readonly number[]>();
  for (const [round, killAt] of [40, 5, 150].entries()) {
    const server = await startServer({ data, env });
    const { ask } = asking(server.request);
    const before = accepted.size;
    const user = async (_: unknown, which: number): Promise<void> => {
      for (let n = 0; ; n++) {
        const numbers = [round, which, n, -n * n];
        accepted.set(await ask(numbers), numbers);
        if (accepted.size - before >= killAt) await server.kill();
      }
    };
    // Whoever was cut off does not know whether the request was taken.
    await Promise.allSettled(Array.from({ length: 8 }, user));
    expect(accepted.size - before).toBeGreaterThanOrEqual(killAt);
  }

  const room = await open(statistics, { data, env });
  try {
    const { answerOf } = askingRoom(room);
    const clients = room.clients({
      answers: answers.read,
      log: log.read,
      requests: requests.read,
      responses: responses.read,
    });
    const versionOf = async (id: string) => (await clients.answers.get(answerKey(id)))?.version;
    const versions = new Map<string, string | undefined>();
    for (const [id, numbers] of accepted) {
      expect(await answerOf(id)).toEqual(expectedAnswer(id, numbers));
      versions.set(id, await versionOf(id));
    }
    await until(async () => {
      const depths = [await clients.requests.depth(), await clients.responses.depth()];
      return depths.every(({ ready, inFlight }) => ready + inFlight === 0) || undefined;
    });
    expect([(await clients.requests.depth()).dead, (await clients.responses.depth()).dead]).toEqual([0, 0]);
    const logged = (await clients.log.list()).items.map(({ key }) => key.slice(11, -5));
    expect(logged).toEqual(expect.arrayContaining([...accepted.keys()]));
    for (const [id, version] of versions) expect(await versionOf(id)).toBe(version);
  } finally {
    await room.close();
  }
});
