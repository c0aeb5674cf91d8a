import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { fileStore } from '../../../handlers/azure/host/durable/file-store.ts';
import { apply, newInstance } from '../../../handlers/azure/host/durable/instance.ts';
import { EVENT } from '../../../handlers/azure/host/durable/protocol.ts';

const PROGRAM = new URL('./programs/crash.ts', import.meta.url).pathname;
/** SKEIN_CRASH=all tries each at every write; otherwise they take turns. */
const STEPS = ['write', 'torn', 'rename', 'written'];
const ALL = process.env.SKEIN_CRASH === 'all';

async function play(folder: string, fault?: string) {
  const child = spawn(
    process.execPath,
    [PROGRAM, folder, `${folder}.effects`, ...(fault === undefined ? [] : [fault])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [out, errors, [, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { signal: signal as NodeJS.Signals | null, lines: out.trim().split('\n'), errors };
}

async function effects(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (!existsSync(`${folder}.effects`)) return counts;
  for (const line of (await readFile(`${folder}.effects`, 'utf8')).trim().split('\n'))
    counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** The inputs of the activities whose results a folder has. */
async function finished(folder: string): Promise<string[]> {
  const inputs: string[] = [];
  for (const { id, records } of await (await fileStore(folder)).load()) {
    const instance = newInstance(id);
    for (const record of records) apply(instance, record);
    const scheduled = new Map<number, string>();
    for (const event of instance.history) {
      if (event.EventType === EVENT.TaskScheduled) scheduled.set(event.EventId, JSON.parse(event.Input) as string);
      if (event.EventType === EVENT.TaskCompleted) inputs.push(scheduled.get(event.TaskScheduledId) as string);
    }
  }
  return inputs;
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'skein-durable-'));
  try {
    return await body(join(parent, 'histories'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

test('a host that is killed at any write of a history goes on to the same output', { timeout: 600_000 }, async () => {
  const whole = await inFolder(async (folder) => ({ ...(await play(folder)), done: await effects(folder) }));
  expect(whole.errors).toBe('');
  const [outcome = '', writes] = whole.lines;
  expect(JSON.parse(outcome)).toMatchObject({
    runtimeStatus: 'Completed',
    output: [
      'did 1-first',
      ['did 1-a', 'did 1-flaky', 'did 1-child'],
      'an event',
      'did 2-first',
      expect.anything(),
      expect.anything(),
    ],
  });
  const faults = Array.from({ length: Number(writes) }, (_, n) => n + 1).flatMap((k) =>
    (ALL ? STEPS : [STEPS[k % STEPS.length] as string]).map((step) => `${k}:${step}`),
  );
  expect(faults.length).toBeGreaterThan(25);
  const one = (fault: string) =>
    inFolder(async (folder) => {
      const first = await play(folder, fault);
      expect(first.signal, `${fault}: ${first.errors}`).toBe('SIGKILL');
      const before = await effects(folder);
      const done = await finished(folder);
      const second = await play(folder);
      // An event that nobody was told is accepted may be gone with the host; then its timeout comes instead.
      const same =
        second.lines[0]?.replaceAll('nothing came', 'an event') === outcome.replaceAll('nothing came', 'an event');
      expect({ fault, same, errors: second.errors, output: second.lines[0] }).toMatchObject({ same: true, errors: '' });
      const after = await effects(folder);
      for (const input of done) expect(after.get(input), `${fault}: ${input} ran again`).toBe(before.get(input));
    });
  const lane = async (): Promise<void> => {
    for (let fault = faults.shift(); fault !== undefined; fault = faults.shift()) await one(fault);
  };
  await Promise.all([lane(), lane()]);
});
