import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { capabilities, queueOn } from '../../../handlers/aws/resources/queue.ts';
import { openSqs } from '../../../handlers/aws/sandbox/emulators.ts';
import { makeQueue } from '../../../handlers/aws/sandbox/make-queue.ts';
import { FAUXQS_WANTED, hasFauxqs } from '../../../handlers/aws/sandbox/tools.ts';
import { queueSuite } from '../../conformance/queue.ts';
import { deadLaws } from '../../conformance/queue-dead.ts';
import { deadLetters, expectNothing, receiveAll, receiveOne } from '../../conformance/queue-support.ts';
import { beforeEach, type Call } from './recorded.ts';

const REASON = { name: 'Bad', message: 'why' };

const suite = async () => {
  const sqs = await openSqs();
  afterAll(() => sqs.close());
  let meddle: ((call: Call) => void) | undefined;
  beforeEach(sqs.client, (call) => meddle?.(call));
  const make = (attempts = 5, policy = true) => makeQueue(sqs.client, randomUUID(), attempts, policy);

  queueSuite({
    name: 'aws, on fauxqs',
    capabilities,
    open: async (name, attempts) => ({
      client: queueOn(sqs.client, await makeQueue(sqs.client, name, attempts)),
      close() {},
    }),
  });

  describe.concurrent('without a redrive policy', () => {
    for (const [title, law] of Object.entries(deadLaws))
      test(title, () => law(async (attempts) => queueOn(sqs.client, await make(attempts, false))));
  });

  test('a message that Lambda received is buried by its record, and not by its receipt alone', async () => {
    const options = await make();
    const sender = queueOn(sqs.client, options);
    const { id } = await sender.send({ n: 1 }, { key: 'the-key' });
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({
        QueueUrl: options.url,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const { MessageId, ReceiptHandle = '', Body, Attributes, MessageAttributes } = Messages[0]!;
    const record = {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, { stringValue: StringValue }]),
      ),
      eventSource: 'aws:sqs',
    };
    const queue = queueOn(sqs.client, options);
    await expect(queue.bury(ReceiptHandle, REASON)).rejects.toMatchObject({ name: 'Unsupported' });
    await queue.extend(ReceiptHandle, 60);
    await queue.bury(queue.adopt(record), REASON);
    expect(await deadLetters(queue, 1)).toMatchObject([
      { id, key: 'the-key', message: { n: 1 }, attempts: 1, error: REASON },
    ]);
    await expectNothing(queue);
  });

  test('of a batch of which some are refused the others are sent', async () => {
    const queue = queueOn(sqs.client, await make());
    meddle = ({ command, input }) => {
      if (command !== 'SendMessageBatch') return;
      for (const entry of (input as { Entries: { Id: string; MessageBody: string }[] }).Entries)
        if (['3', '17'].includes(entry.Id)) entry.MessageBody = '\uffff';
    };
    const sending = queue.sendBatch(Array.from({ length: 25 }, (_, n) => ({ message: n })));
    await expect(sending).rejects.toMatchObject({ name: 'PartialBatch', data: { failed: [3, 17] } });
    meddle = undefined;
    expect(await receiveAll(queue, 23)).toHaveLength(23);
    await expectNothing(queue);
  });

  test('what others wrote is JSON, or the text that it is', async () => {
    const options = await make();
    for (const MessageBody of ['{"a":[1]}', 'plain text'])
      await sqs.client.send(new SendMessageCommand({ QueueUrl: options.url, MessageBody }));
    const got = await receiveAll(queueOn(sqs.client, options), 2);
    expect(got.map(({ message }) => message)).toEqual(expect.arrayContaining([{ a: [1] }, 'plain text']));
    for (const { id, key } of got) expect(key).toBe(id);
  });

  test('a message takes its trace along, to the dead letters and back', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const queue = queueOn(sqs.client, { ...(await make()), trace: () => trace });
    await queue.send(1);
    const first = await receiveOne(queue);
    expect(first.trace).toBe(trace);
    await queue.bury(first.receipt, REASON);
    expect(await queue.redrive()).toBe(1);
    expect((await receiveOne(queue)).trace).toBe(trace);
  });

  test('a reason that is too long for a message is cut', async () => {
    const queue = queueOn(sqs.client, await make());
    const message = '😀'.repeat(65_535);
    await queue.send(message);
    const reason = { name: 'Bad', message: '\uffff'.repeat(400_000), data: ['x'.repeat(300_000)] };
    await queue.bury((await receiveOne(queue)).receipt, reason);
    const [letter] = await deadLetters(queue, 1);
    expect(letter!.message).toBe(message);
    expect(letter!.error).toMatchObject({ name: 'Bad', message: expect.stringMatching(/^\uffff{1000,}…?$/) });
  });

  test('waiting ends when it is told to, and before it begins', async () => {
    const queue = queueOn(sqs.client, await make());
    const stop = new AbortController();
    const waiting = queue.receive({ wait: 20, signal: stop.signal });
    stop.abort();
    expect(await waiting).toEqual([]);
    expect(await queue.receive({ wait: 20, signal: stop.signal })).toEqual([]);
  });

  test('a redrive of letters that die again at once ends', async () => {
    const queue = queueOn(sqs.client, await make());
    await queue.sendBatch(Array.from({ length: 12 }, (_, n) => ({ message: n })));
    for (const { receipt } of await receiveAll(queue, 12)) await queue.bury(receipt, REASON);
    let over = false;
    const killing = (async () => {
      while (!over) for (const { receipt } of await queue.receive({ max: 10 })) await queue.bury(receipt, REASON);
    })();
    expect(await queue.redrive()).toBe(12);
    over = true;
    await killing;
  });
};

if (hasFauxqs) describe('SQS', suite);
else test.skip(`SKIPPED SQS: ${FAUXQS_WANTED}`, () => {});
