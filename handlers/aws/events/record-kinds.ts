import type { RecordKind } from './desk.ts';
import { fields } from './field.ts';
import { s3, s3ThroughEventBridge } from './s3.ts';
import { scheduled } from './schedule.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';

const RECORD_KINDS: readonly RecordKind[] = [sqs, sns, s3, s3ThroughEventBridge, scheduled];

export function recordKindOf(event: unknown): RecordKind | undefined {
  const known = fields(event);
  return RECORD_KINDS.find((kind) => kind.matches(known));
}
