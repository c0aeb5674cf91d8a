import { invalidInput } from '../../../core/error.ts';
import { fieldAt } from '../events/field.ts';
import type { LambdaHandler } from '../events/lambda.ts';
import type { BatchResponse } from '../events/sqs.ts';

/** Times of a schedule that wait in a queue, each to `handler` as if it had come alone; those that fail are reported and come again. */
export function scheduledInQueue(handler: LambdaHandler): LambdaHandler {
  return async (event, context): Promise<BatchResponse> => {
    const Records = fieldAt(event, 'Records') as readonly { messageId: string; body: string }[] | undefined;
    if (!Array.isArray(Records)) throw invalidInput('Records: must be a list of messages', 'Records');
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        try {
          await handler(JSON.parse(body), context);
          return [];
        } catch {
          // The handler has logged it.
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
}
