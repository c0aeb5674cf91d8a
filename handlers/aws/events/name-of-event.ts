import { fieldAt, fields, textAt } from './field.ts';

/** What an event is, in words for whoever wired it to the wrong function. */
export function nameOfEvent(event: unknown): string {
  const known = fields(event);
  if (fieldAt(known, 'requestContext', 'connectionId') !== undefined)
    return `an API Gateway WebSocket event (${textAt(known, 'requestContext', 'eventType') ?? 'unknown'})`;
  const [first] = recordsOf(known);
  if (fieldAt(first, 'cf') !== undefined) return 'a Lambda@Edge event';
  const source = sourceOf(first);
  if (source !== undefined) return `a record event of ${quoted(source)}`;
  if (textAt(known, 'detail-type') !== undefined)
    return `an EventBridge event (${quoted(textAt(known, 'source') ?? '')}, ${quoted(textAt(known, 'detail-type') ?? '')})`;
  const names = Object.keys(known);
  if (names.length === 0) return 'an event that is no object with fields';
  return `an event of an unknown kind, with the fields ${names.slice(0, 8).map(quoted).join(', ')}`;
}

export function recordsOf(event: unknown): readonly unknown[] {
  const records = fieldAt(event, 'Records');
  return Array.isArray(records) ? records : [];
}

/** `aws:sqs` and so on; SNS spells the field in its own way. */
export function sourceOf(record: unknown): string | undefined {
  return textAt(record, 'eventSource') ?? textAt(record, 'EventSource');
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
