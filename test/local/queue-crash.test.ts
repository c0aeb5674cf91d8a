import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openQueues } from '../../handlers/local/queue.ts';
import { runCrashing } from '../support/crash-program.ts';
import { type Effect, KINDS_COUNT, stateAfter } from './programs/queue-operations.ts';

const PROGRAM = join(import.meta.dirname, 'programs/queue-crash.ts');
const OPERATIONS = 4 * KINDS_COUNT;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-queue-crash-'));
  file = join(folder, 'queues.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('each step of the program is one operation', () => {
  const env = { ...process.env, SKEIN_TEST: '1', SKEIN_FAULT: 'queue:count' };
  const { stdout } = spawnSync(process.execPath, [PROGRAM, file, String(OPERATIONS)], { env, encoding: 'utf8' });
  expect(stdout).toContain(`queue operations: ${OPERATIONS}\n`);
});

describe.each(['kill', 'torn'])('%s at the k-th operation', (action) => {
  test.each(
    Array.from({ length: KINDS_COUNT + 3 }, (_, n) => n + 1),
  )('k = %i: what was accepted is there, what was acknowledged is not', async (k) => {
    const { signal, begun, done } = await run({ SKEIN_TEST: '1', SKEIN_FAULT: `queue:${k}:${action}` });
    expect({ signal, begun: begun.length, done }).toEqual({ signal: 'SIGKILL', begun: k, done: k - 1 });
    expect(await drain()).toEqual(stateAfter(begun.slice(0, done)));
  });
});

test.each([3, 8, 14, 21, 27, 38])('killed from outside near operation %i: likewise', async (at) => {
  const { signal, begun, done } = await run({}, at);
  expect(signal).toBe('SIGKILL');
  const states = [stateAfter(begun.slice(0, done)), stateAfter(begun)];
  expect(states).toContainEqual(await drain());
});

/** @param killAt the operation at whose beginning the program is killed from outside. */
async function run(env: Readonly<Record<string, string>>, killAt?: number) {
  const { begun, ...ended } = await runCrashing(PROGRAM, { args: [file, String(OPERATIONS)], env, killAt });
  return { ...ended, begun: begun.map((effect) => JSON.parse(effect) as Effect) };
}

/** Takes everything out, a day later, when nobody has any message any more. */
async function drain(): Promise<Record<string, 'live' | 'dead'>> {
  const queues = openQueues({ file, now: () => Date.now() + 86_400_000 });
  const queue = queues.queue({ kind: 'queue', name: 'crash', attempts: 100 });
  const { ready, inFlight, dead } = await queue.depth();
  expect(inFlight).toBe(0);
  const letters = await queue.dead();
  expect(letters.length).toBe(dead);
  const there: [string, 'live' | 'dead'][] = letters.map(({ key, message, error }) => {
    expect(error).toEqual({ name: 'Buried', message: key });
    expect(message).toEqual({ key });
    return [key, 'dead'];
  });
  for (;;) {
    const got = await queue.receive({ max: 10 });
    if (got.length === 0) break;
    for (const { key, message, receipt } of got) {
      expect(message).toEqual({ key });
      there.push([key, 'live']);
      await queue.ack(receipt);
    }
  }
  expect(there).toHaveLength(ready + dead);
  queues.close();
  expect(new Set(there.map(([key]) => key)).size).toBe(there.length);
  return Object.fromEntries(there);
}
