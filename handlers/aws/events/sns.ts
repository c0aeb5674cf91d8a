import { invalidInput } from '../../../core/error.ts';
import { type RecordKind, requireDone } from './desk.ts';
import { textAt } from './field.ts';
import { contentOf, deliverMessage, type Message } from './message.ts';
import { recordsOf, sourceOf } from './name-of-event.ts';

/**
 * Messages of a topic, to the trigger that consumes the queue of that name; notifications of S3 that come through one, to theirs.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export const sns: RecordKind = {
  name: 'SNS',
  matches: (event) => sourceOf(recordsOf(event)[0]) === 'aws:sns',
  async handle(event, desk) {
    const messages = recordsOf(event).map(messageOf);
    requireDone((await Promise.all(messages.map((message) => deliverMessage(message, desk)))).flat());
  },
};

function messageOf(record: unknown): Message {
  const id = textAt(record, 'Sns', 'MessageId');
  if (id === undefined || id === '') throw invalidInput('Sns.MessageId: must be a non-empty string', 'Sns.MessageId');
  return {
    id,
    key: id,
    from: textAt(record, 'Sns', 'TopicArn') ?? '',
    event: contentOf(textAt(record, 'Sns', 'Message') ?? ''),
    attempt: 1,
  };
}
