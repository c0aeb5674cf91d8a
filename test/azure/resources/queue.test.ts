import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { bucketOn } from '../../../handlers/azure/resources/bucket.ts';
import { capabilities, queueOn } from '../../../handlers/azure/resources/queue.ts';
import { queueSuite } from '../../conformance/queue.ts';
import { deadLetters, expectNothing, receiveOne } from '../../conformance/queue-support.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';

// One emulator in one process serves thirty laws at once.
vi.setConfig({ testTimeout: 600_000 });

const REASON = { name: 'Bad', message: 'why' };
const LONG = 'ž'.repeat(100_000);

const suite = async () => {
  const azurite = await openAzurite();
  afterAll(() => azurite.close());
  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  await blobs.createContainer('claims');
  const claims = bucketOn(blobs, 'claims');
  const claimed = async (): Promise<number> => (await claims.list()).items.length;
  const make = async (attempts = 5, name: string = randomUUID()) => {
    const options = { name, deadName: `${name}-poison`, attempts, claims };
    await Promise.all([queues.createQueue(name), queues.createQueue(options.deadName)]);
    return { ...options, client: queueOn(queues, options), queue: queues.getQueueClient(name) };
  };

  queueSuite({
    name: 'azure, on Azurite',
    capabilities,
    open: async (name, attempts) => ({ client: (await make(attempts, name)).client, close() {} }),
  });

  test('a long message lies in a container until it is done', async () => {
    const before = await claimed();
    const { client, queue } = await make();
    const { id } = await client.send({ long: LONG }, { key: 'the-key' });
    expect(await claimed()).toBe(before + 1);
    const [raw] = (await queue.peekMessages()).peekedMessageItems;
    expect(raw!.messageText.length).toBeLessThan(1_000);
    const first = await receiveOne(client);
    expect(first).toMatchObject({ id, key: 'the-key', message: { long: LONG } });
    await client.bury(first.receipt, REASON);
    expect(await deadLetters(client, 1)).toMatchObject([{ id, message: { long: LONG }, error: REASON }]);
    expect(await client.redrive()).toBe(1);
    expect(await claimed()).toBe(before + 1);
    const again = await receiveOne(client);
    expect(again).toMatchObject({ id, message: { long: LONG }, attempt: 1 });
    await client.ack(again.receipt);
    expect(await claimed()).toBe(before);
  });

  test('a message whose reason makes it too long lies there too', async () => {
    const { client } = await make();
    const message = 'x'.repeat(48_000);
    await client.send(message);
    const { receipt } = await receiveOne(client);
    await client.bury(receipt, { ...REASON, data: { much: 'y'.repeat(15_000) } });
    const [letter] = await deadLetters(client, 1);
    expect(letter).toMatchObject({ message, error: { data: { much: 'y'.repeat(15_000) } } });
    await client.redrive();
    await client.bury((await receiveOne(client)).receipt, { ...REASON, data: 'z'.repeat(1_000_000) });
    expect((await deadLetters(client, 1))[0]).toMatchObject({ message, error: REASON });
  });

  test('a long message that was done before is passed over', async () => {
    const { client, queue } = await make();
    await client.send(LONG);
    const [raw] = (await queue.peekMessages()).peekedMessageItems;
    // As a mover leaves it that dies between its two requests.
    await queue.sendMessage(raw!.messageText);
    await client.ack((await receiveOne(client)).receipt);
    await expectNothing(client);
    expect(await client.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
  });

  test('what others wrote is JSON, or the text that it is, in base64 or as it is', async () => {
    const { client, queue } = await make();
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    for (const [text, message] of [
      [base64('{"a":1}'), { a: 1 }],
      ['{"a":1}', { a: 1 }],
      [base64('plain text'), 'plain text'],
      ['plain text', 'plain text'],
      [base64('{"skein":{"id":7}}'), { skein: { id: 7 } }],
    ] as const) {
      const { messageId } = await queue.sendMessage(text);
      const got = await receiveOne(client);
      expect(got).toMatchObject({ id: messageId, key: messageId, message });
      await client.ack(got.receipt);
    }
  });

  test('what the host moved to the poison queue is a dead letter with its own id', async () => {
    const { client, queue, deadName } = await make(3);
    const { id } = await client.send({ n: 1 }, { key: 'the-key' });
    const [raw] = (await queue.receiveMessages()).receivedMessageItems;
    await queues.getQueueClient(deadName).sendMessage(raw!.messageText);
    await queue.deleteMessage(raw!.messageId, raw!.popReceipt);
    expect(await client.dead()).toMatchObject([{ id, key: 'the-key', message: { n: 1 }, attempts: 3 }]);
    expect(await client.redrive()).toBe(1);
    expect(await receiveOne(client)).toMatchObject({ id, key: 'the-key', message: { n: 1 }, attempt: 1 });
  });

  test('a message that the host received is buried by what the host says of it', async () => {
    const { client, queue } = await make();
    await client.send({ n: 1 }, { key: 'the-key' });
    const [raw] = (await queue.receiveMessages({ visibilityTimeout: 600 })).receivedMessageItems;
    const { messageId, popReceipt, insertedOn } = raw!;
    const content = JSON.parse(Buffer.from(raw!.messageText, 'base64').toString());
    const message = await client.adopt({ messageId, popReceipt, insertedOn, received: 2, content });
    expect(await message!.release(0)).toBe(true);
    expect(await message!.bury(REASON)).toBe(true);
    expect(await message!.release(0), 'its receipt is good no more').toBe(false);
    expect(await deadLetters(client, 1)).toMatchObject([{ key: 'the-key', message: { n: 1 }, attempts: 2 }]);
    await expectNothing(client);
  });

  test('a receipt of another process releases and acknowledges, and cannot bury', async () => {
    const one = await make();
    const other = queueOn(queues, { name: one.name, deadName: one.deadName, attempts: 5, claims });
    await one.client.send('text');
    await other.release((await receiveOne(one.client)).receipt);
    const { receipt } = await receiveOne(one.client);
    await expect(other.bury(receipt, REASON)).rejects.toMatchObject({ name: 'Unsupported' });
  });

  test('who waits ends when the signal says so', async () => {
    const { client } = await make();
    const stop = new AbortController();
    const waiting = client.receive({ wait: 20, signal: stop.signal });
    stop.abort();
    expect(await waiting).toEqual([]);
  });
};

if (hasAzurite) describe('Queue Storage', suite);
else test.skip(`SKIPPED Queue Storage: ${AZURITE_WANTED}`, () => {});
