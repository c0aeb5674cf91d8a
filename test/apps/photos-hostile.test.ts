import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ROOT, startServer } from '../support/server.ts';
import { blackPng, crowdedFiles, hostileFiles, smallJpeg, smallPng } from './photo-files.ts';
import { sharing } from './photo-sharing.ts';

const MIB = 1024;
/** KiB that a process has, and that it had at most since `forgetPeak`. */
const memoryOf = (pid: number, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
/** https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

test('hostile uploads are refused, memory stays, and other requests are answered', { timeout: 180_000 }, async () => {
  const files = await hostileFiles();
  const crowded = await crowdedFiles();
  const server = await startServer({ module: join(ROOT, 'apps/photos/index.ts') });
  const { share, create, put, over, gallery } = sharing(server.request);
  // Every thread has loaded what it needs; what comes now is the files' own doing.
  const large = blackPng(5_000, 4_000, { depth: 8, colour: 2 });
  for (let n = 0; n < 3; n++)
    await Promise.all([share(await smallJpeg()), share(await smallPng(), 'image/png'), share(large, 'image/png')]);
  await sleep(500);
  const before = memoryOf(server.pid, 'VmRSS');
  forgetPeak(server.pid);
  const growth = (): number => (memoryOf(server.pid, 'VmHWM') - before) / MIB;

  let answered = 0;
  let isOver = false;
  const asking = async (): Promise<void> => {
    while (!isOver) {
      expect((await gallery()).length).toBeGreaterThan(0);
      answered++;
      await sleep(5);
    }
  };
  const others = asking();
  try {
    for (const [name, { bytes, reason, type = 'image/png' }] of Object.entries(files)) {
      const created = await create(bytes.length, type);
      expect((await put(created, bytes)).status).toBe(201);
      expect(await over(created), name).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) });
    }
    // All at once, too.
    await Promise.all(
      Object.values(files).map(async ({ bytes }) => expect((await share(bytes)).state).toBe('refused')),
    );
    expect(growth()).toBeLessThan(150);
    // What is no harm once its frames and segments are left out, in files as large as may be: some of them are in memory at once.
    for (const [name, { bytes, type }] of Object.entries(crowded))
      expect((await share(bytes, type)).state, name).toBe('published');
    await Promise.all(Object.values(crowded).map(({ bytes, type }) => share(bytes, type)));
  } finally {
    isOver = true;
    await others;
  }
  expect(growth()).toBeLessThan(300);
  expect(answered).toBeGreaterThan(50);
  await server.stop();
});
