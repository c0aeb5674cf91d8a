import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueOptions } from '../resources/queue.ts';

/** Makes a queue and that of its dead letters. @param policy whether SQS itself moves what was received too often. */
export async function makeQueue(sqs: SQSClient, name: string, attempts: number, policy = true): Promise<QueueOptions> {
  const { QueueUrl: deadUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: attempts };
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      ...(policy && { Attributes: { RedrivePolicy: JSON.stringify(redrive) } }),
    }),
  );
  return { url, deadUrl, attempts };
}
