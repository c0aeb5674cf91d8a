import {
  type BatchResultErrorEntry,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { inLanes } from '../../../core/in-lanes.ts';
import { answer } from './answer.ts';
import { type Letter, sizeOf, toEntry } from './queue-message.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const BATCH = 10;
const BATCH_BYTES = 1_048_576;
/** Batches that are on their way at once. */
const LANES = 8;

/** What became of each letter, in their order: its id in SQS, or why it was refused. */
export type Outcome = { readonly id: string } | { readonly refused: unknown };

/** Sends any number, in as few requests as SQS allows. */
export async function sendAll(sqs: SQSClient, url: string, letters: readonly Letter[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = letters.map(() => ({ refused: new Error('SQS did not say what became of it') }));
  await inLanes(batches(letters.map(toEntry)), LANES, async (entries) => {
    try {
      const request = new SendMessageBatchCommand({ QueueUrl: url, Entries: entries });
      const { Successful = [], Failed = [] } = await answer('SQS', sqs.send(request));
      for (const { Id, MessageId } of Successful) if (MessageId) outcomes[Number(Id)] = { id: MessageId };
      for (const failed of Failed) outcomes[Number(failed.Id)] = { refused: refusal(failed) };
    } catch (error) {
      for (const { Id } of entries) outcomes[Number(Id)] = { refused: error };
    }
  });
  return outcomes;
}

/** Deletes up to 10; what cannot be deleted comes again. */
export async function deleteAll(sqs: SQSClient, url: string, handles: readonly string[]): Promise<void> {
  if (handles.length === 0) return;
  const Entries = handles.map((ReceiptHandle, n) => ({ Id: String(n), ReceiptHandle }));
  await answer('SQS', sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries })));
}

function batches(
  entries: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[],
): readonly SendMessageBatchRequestEntry[][] {
  const all: SendMessageBatchRequestEntry[][] = [];
  let room = 0;
  for (const [n, entry] of entries.entries()) {
    const size = sizeOf(entry);
    if (all.at(-1)?.length === BATCH || size > room || all.length === 0) {
      all.push([]);
      room = BATCH_BYTES;
    }
    all.at(-1)!.push({ ...entry, Id: String(n) });
    room -= size;
  }
  return all;
}

function refusal({ Code, Message }: BatchResultErrorEntry): Error {
  return Object.assign(new Error(`SQS: ${Message ?? 'refused'}`), { name: Code ?? 'Error' });
}
