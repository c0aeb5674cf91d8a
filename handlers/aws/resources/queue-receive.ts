import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { answer } from './answer.ts';

/** Seconds for which a message that is being moved is nobody else's. */
export const MOVING = 60;

export interface Wanted {
  readonly max: number;
  /** Seconds. */
  readonly wait: number;
  /** Seconds. */
  readonly visibility: number;
  readonly signal?: AbortSignal | undefined;
}

/** Receives from a queue, with all that is known of the messages; none where the signal ends the waiting. */
export async function received(
  sqs: SQSClient,
  url: string,
  { max, wait, visibility, signal }: Wanted,
): Promise<readonly Message[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: max,
    WaitTimeSeconds: wait,
    VisibilityTimeout: visibility,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
  });
  try {
    const { Messages = [] } = await answer(
      'SQS',
      sqs.send(request, signal === undefined ? {} : { abortSignal: signal }),
    );
    return Messages;
  } catch (error) {
    if (signal?.aborted) return [];
    throw error;
  }
}
