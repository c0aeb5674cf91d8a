import type { BatchResponse } from '../../../handlers/aws/events/sqs.ts';
import type { LambdaHandler } from '../../../handlers/aws/index.ts';

/** Times of a schedule that wait in a queue, each to `handler` as if it had come alone; those that fail are reported and come again. */
export function scheduledInQueue(handler: LambdaHandler): LambdaHandler {
  return async (event, context): Promise<BatchResponse> => {
    const { Records } = event as { Records: readonly { messageId: string; body: string }[] };
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
