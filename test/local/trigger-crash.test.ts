import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { open } from '../../handlers/local/dev.ts';
import triggered, { effects, jobs } from './programs/triggered.ts';

const outside = mkdtempSync(join(tmpdir(), 'skein-triggers-'));
afterAll(() => rmSync(outside, { recursive: true }));

const PROGRAM = join(import.meta.dirname, 'programs/trigger-crash.ts');

/** Runs the program and kills it `after` milliseconds from when it has sent everything. */
async function killed(data: string, messages: number, objects: number, after: number): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, data, String(messages), String(objects)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('it ended before it had sent everything')));
  });
  await sleep(after);
  child.kill('SIGKILL');
  await gone;
}

async function sums(data: string, wanted: { readonly messages: number; readonly objects: number }) {
  const room = await open(triggered, { data });
  const { effects: read, jobs: queue } = room.clients({ effects: effects.read, jobs: jobs.read });
  const sum = async (id: string) => (await read.get({ partition: 'all', id }))?.value.n ?? 0;
  try {
    const look = async () => ({ messages: await sum('messages'), objects: await sum('objects') });
    await vi.waitFor(async () => expect(await look()).toEqual(wanted), { timeout: 50_000, interval: 100 });
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 }), {
      timeout: 50_000,
      interval: 100,
    });
    // Nothing comes late and is counted twice.
    await sleep(200);
    expect(await look()).toEqual(wanted);
  } finally {
    await room.close();
  }
}

test('killed again and again, each message and each object has its effect once', async () => {
  const data = join(outside, 'again');
  const sumTo = (n: number): number => (n * (n + 1)) / 2;
  for (const [round, after] of [0, 20, 150].entries()) await killed(data, round === 0 ? 1_000 : 0, 30, after);
  await sums(data, { messages: sumTo(999), objects: 3 * sumTo(30) });
});
