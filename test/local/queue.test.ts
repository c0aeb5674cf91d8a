import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { QueueClient } from '../../core/resources/queue.ts';
import { faultsFrom } from '../../handlers/local/fault.ts';
import { capabilities, openQueues, type QueuesOptions } from '../../handlers/local/queue.ts';
import { queueSuite } from '../conformance/queue.ts';
import { deadLetters, expectNothing, receiveAll, receiveOne, sendNumbers } from '../conformance/queue-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-queue-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newFile = () => join(folder, `${randomUUID()}.db`);

const shared = newFile();
queueSuite({
  name: 'local',
  capabilities,
  open(name, attempts) {
    const queues = openQueues({ file: shared });
    return { client: queues.queue({ kind: 'queue', name, attempts }), close: () => queues.close() };
  },
});

function open({
  attempts = 5,
  fault,
  ...options
}: Partial<Omit<QueuesOptions, 'fault'>> & Readonly<{ attempts?: number; fault?: string }> = {}) {
  const faults = fault === undefined ? {} : { fault: faultsFrom({ SKEIN_TEST: '1', SKEIN_FAULT: fault }) };
  const queues = openQueues({ file: newFile(), ...options, ...faults });
  return { queues, queue: queues.queue({ kind: 'queue', name: 'a', attempts }) };
}

describe('the file', () => {
  test('keeps everything when it is opened again', async () => {
    const file = newFile();
    const { queues, queue } = open({ file });
    await sendNumbers(queue, 6);
    await queue.send('delayed', { key: 'delayed', delay: 900 });
    const [acked, buried, released, held] = await receiveAll(queue, 4);
    await queue.ack(acked!.receipt);
    await queue.bury(buried!.receipt, { name: 'Bad', message: 'why' });
    await queue.release(released!.receipt, { delay: 900 });
    const depth = await queue.depth();
    queues.close();
    const again = open({ file });
    expect(await again.queue.depth()).toEqual(depth);
    expect(depth).toEqual({ ready: 4, inFlight: 1, dead: 1 });
    expect(await again.queue.dead()).toMatchObject([{ id: buried!.id, attempts: 1, error: { name: 'Bad' } }]);
    await again.queue.release(held!.receipt);
    const got = await receiveAll(again.queue, 3);
    expect(got.find(({ id }) => id === held!.id)).toMatchObject({ attempt: 2, sentAt: held!.sentAt });
    again.queues.close();
    const later = open({ file, now: () => Date.now() + 901_000 });
    expect(await receiveAll(later.queue, 5)).toContainEqual(expect.objectContaining({ id: released!.id, attempt: 2 }));
    later.queues.close();
  });

  test('of a newer format is refused', () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 7');
    db.close();
    expect(() => openQueues({ file })).toThrow(/format 7.*up to 1/);
  });

  test('a name that cannot be a queue is refused; a reserved one is for the room itself', async () => {
    const { queues } = open();
    for (const name of ['', '..', 'A', 'a/b'])
      expect(() => queues.queue({ kind: 'queue', name, attempts: 1 })).toThrow(/name/);
    await queues.queue({ kind: 'queue', name: 'skein-own', attempts: 1 }).send(1);
    queues.close();
  });
});

describe('receipts', () => {
  test('a stale receipt changes nothing', async () => {
    let now = Date.now();
    const { queues, queue } = open({ now: () => now });
    await queue.send('one');
    const { receipt } = await receiveOne(queue, { visibility: 1 });
    now += 1_000;
    const later = await receiveOne(queue, { visibility: 60 });
    for (const stale of [receipt, '', 'no receipt', '1', `1.${'0'.repeat(32)}`, '9'.repeat(400)]) {
      await queue.ack(stale);
      await queue.release(stale);
      await queue.bury(stale, { name: 'X', message: '' });
      await queue.extend(stale, 43_200);
    }
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 1, dead: 0 });
    now += 60_000;
    const last = await receiveOne(queue);
    expect(last.attempt).toBe(3);
    await queue.ack(later.receipt);
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 1, dead: 0 });
    await queue.ack(last.receipt);
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
    queues.close();
  });

  test('one whose visibility is over still counts where nobody has received the message since', async () => {
    let now = Date.now();
    const { queues, queue } = open({ now: () => now });
    await queue.send('slow');
    const { receipt } = await receiveOne(queue, { visibility: 1 });
    now += 5_000;
    await queue.ack(receipt);
    await expectNothing(queue, 0);
    queues.close();
  });

  test('messages come in the order in which they could be received first', async () => {
    let now = Date.now();
    const { queues, queue } = open({ now: () => now });
    await queue.send('third', { delay: 2 });
    await queue.send('first');
    await queue.send('second', { delay: 1 });
    now += 10_000;
    expect((await receiveAll(queue, 3)).map(({ message }) => message)).toEqual(['first', 'second', 'third']);
    queues.close();
  });
});

describe('waiting', () => {
  test('ends without a message when the queues are closed; then everything is refused', async () => {
    const { queues, queue } = open();
    const waiting = queue.receive({ wait: 20 });
    await sleep(50);
    queues.close();
    queues.close();
    expect(await waiting).toEqual([]);
    const calls: readonly (() => Promise<unknown>)[] = [
      ...[() => queue.send(1), () => queue.receive(), () => queue.ack('1'), () => queue.depth()],
      ...[() => queue.dead(), () => queue.redrive()],
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'Unavailable' });
  });

  test('is no work: an idle wait leaves the processor alone', async () => {
    const { queues, queue } = open();
    const looks = vi.fn(Date.now);
    const other = openQueues({ file: newFile(), now: looks });
    await Promise.all([
      queue.receive({ wait: 2 }),
      other.queue({ kind: 'queue', name: 'b', attempts: 1 }).receive({ wait: 2 }),
    ]);
    expect(looks.mock.calls.length).toBeLessThan(100);
    queues.close();
    other.close();
  });

  test('onSent tells of what was sent, released and redriven, until it is off', async () => {
    const { queues, queue } = open();
    const heard: string[] = [];
    const off = queues.onSent((name) => heard.push(name));
    await queue.send(1);
    await queue.sendBatch([{ message: 2 }, { message: 3 }]);
    await queue.release((await receiveOne(queue)).receipt);
    await queue.bury((await receiveOne(queue)).receipt, { name: 'X', message: '' });
    await queue.redrive();
    off();
    await queue.send(4);
    expect(heard).toEqual(['a', 'a', 'a', 'a']);
    queues.close();
  });
});

describe('faults', () => {
  for (const code of ['EIO', 'ENOSPC']) {
    test(`${code} fails one operation of each kind, and nothing has changed`, async () => {
      const unavailable = { name: 'Unavailable', message: expect.stringContaining(code) };
      const operations: Record<string, (queue: QueueClient, receipt: string) => Promise<unknown>> = {
        send: (queue) => queue.send('two'),
        batch: (queue) => queue.sendBatch([{ message: 'two' }, { message: 'three' }]),
        receive: (queue) => queue.receive({ max: 10 }),
        ack: (queue, receipt) => queue.ack(receipt),
        release: (queue, receipt) => queue.release(receipt),
        extend: (queue, receipt) => queue.extend(receipt, 1),
        bury: (queue, receipt) => queue.bury(receipt, { name: 'X', message: '' }),
        redrive: (queue) => queue.redrive(),
      };
      for (const [kind, perform] of Object.entries(operations)) {
        const { queues, queue } = open({ fault: `queue:6:${code}` });
        await queue.send('dead');
        await queue.bury((await receiveOne(queue)).receipt, { name: 'Bad', message: '' });
        await queue.sendBatch([{ message: 'held' }, { message: 'ready' }]);
        const { receipt } = await receiveOne(queue);
        const depth = { ready: 1, inFlight: 1, dead: 1 };
        expect(await queue.depth()).toEqual(depth);
        await expect(perform(queue, receipt), kind).rejects.toMatchObject(unavailable);
        expect(await queue.depth(), kind).toEqual(depth);
        await perform(queue, receipt);
        if (kind !== 'extend') expect(await queue.depth(), kind).not.toEqual(depth);
        queues.close();
      }
    });

    test(`10,000 messages that are sent at once share few transactions: one ${code} refuses all`, async () => {
      const { queues, queue } = open({ fault: `queue:5000:${code}` });
      const sends = () => Promise.allSettled(Array.from({ length: 10_000 }, (_, n) => queue.send(n)));
      expect((await sends()).filter(({ status }) => status === 'fulfilled')).toEqual([]);
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
      expect((await sends()).filter(({ status }) => status === 'rejected')).toEqual([]);
      expect((await queue.depth()).ready).toBe(10_000);
      queues.close();
    });
  }

  test('a duplicated send makes a second copy, which is received on its own', async () => {
    const { queues, queue } = open({ fault: 'queue:1:duplicate' });
    const { id } = await queue.send('twin', { key: 'the-key' });
    const copies = await receiveAll(queue, 2);
    expect(copies).toMatchObject([1, 2].map(() => ({ id, key: 'the-key', message: 'twin', attempt: 1 })));
    await queue.ack(copies[0]!.receipt);
    await queue.release(copies[1]!.receipt);
    expect(await receiveOne(queue)).toMatchObject({ id, attempt: 2 });
    queues.close();
  });

  test('other operations that are duplicated do no harm', async () => {
    const file = newFile();
    const before = open({ file });
    await sendNumbers(before.queue, 20);
    before.queues.close();
    const { queues, queue } = open({ file, fault: 'queue:every:duplicate' });
    const got = await receiveAll(queue, 9);
    expect(await queue.depth()).toEqual({ ready: 11, inFlight: 9, dead: 0 });
    for (const { receipt } of got.slice(0, 3)) await queue.ack(receipt);
    for (const { receipt } of got.slice(3, 5)) await queue.release(receipt);
    for (const { receipt } of got.slice(5, 6)) await queue.extend(receipt, 900);
    for (const { receipt } of got.slice(6)) await queue.bury(receipt, { name: 'X', message: '' });
    expect(await queue.depth()).toEqual({ ready: 13, inFlight: 1, dead: 3 });
    expect(await queue.redrive({ max: 2 })).toBe(2);
    expect(await queue.depth()).toEqual({ ready: 15, inFlight: 1, dead: 1 });
    await deadLetters(queue, 1);
    queues.close();
  });

  test('10,000 messages, each sent twice, have their effects once', async () => {
    const { queues, queue } = open({ fault: 'queue:every:duplicate' });
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => queue.send({ n }, { key: `n-${n}` })));
    expect(await queue.depth()).toEqual({ ready: 20_000, inFlight: 0, dead: 0 });
    const effects: number[] = [];
    const seen = new Set<string>();
    let received = 0;
    const consume = async () => {
      for (;;) {
        const got = await queue.receive({ max: 10, visibility: 600 });
        if (got.length === 0) return;
        received += got.length;
        for (const { key, message } of got) {
          if (!seen.has(key)) effects.push((message as { n: number }).n);
          seen.add(key);
        }
        await Promise.all(got.map(({ receipt }) => queue.ack(receipt)));
      }
    };
    await Promise.all(Array.from({ length: 8 }, consume));
    expect(received).toBe(20_000);
    expect(effects.sort((a, b) => a - b)).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
    queues.close();
  });
});
