import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { openQueues } from '../../handlers/local/queue.ts';
import { keysOf, receiveAll } from '../conformance/queue-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-queue-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newFile = () => join(folder, `${randomUUID()}.db`);

describe('threads', () => {
  test('that send and receive at the same time each get other messages', async () => {
    const file = newFile();
    const results = await Promise.all(
      [0, 1].map((thread) => ended(worker({ file, thread, sends: 250, consume: true }))),
    );
    const queues = openQueues({ file });
    const queue = queues.queue({ kind: 'queue', name: 'threads', attempts: 5 });
    const { ready } = await queue.depth();
    const rest = keysOf(await receiveAll(queue, ready));
    const wanted = [0, 1].flatMap((thread) => Array.from({ length: 250 }, (_, n) => `${thread}-${n}`));
    expect([...results.flat(), ...rest].sort()).toEqual(wanted.sort());
    queues.close();
  });

  test('wake those who wait elsewhere', async () => {
    const file = newFile();
    const queues = openQueues({ file });
    const queue = queues.queue({ kind: 'queue', name: 'threads', attempts: 5 });
    const waiting = queue.receive({ wait: 20 });
    await ended(worker({ file, thread: 7, sends: 1, consume: false }));
    expect(await waiting).toMatchObject([{ key: '7-0' }]);
    queues.close();
  });
});

function worker(data: Readonly<Record<string, unknown>>): Worker {
  return new Worker(join(import.meta.dirname, 'programs/queue-thread.ts'), { workerData: data, execArgv: [] });
}

/** @returns the keys of the messages that the thread did. */
function ended(thread: Worker): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let done: readonly string[] = [];
    thread.once('message', (keys) => (done = keys));
    thread.once('error', reject);
    thread.once('exit', (code) => (code === 0 ? resolve(done) : reject(new Error(`the thread ended with ${code}`))));
  });
}
