import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { backOff } from '../../../core/back-off.ts';
import { Failure } from '../../../core/error.ts';
import { bodyParts } from '../../../core/resources/body-parts.ts';
import type { Body } from '../../../core/resources/bucket.ts';
import { answer, isNamed, statusOf } from './answer.ts';

export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  /** As S3 takes them: an etag in quotes; `*`. */
  readonly conditions: { readonly IfMatch?: string; readonly IfNoneMatch?: '*' };
}

export interface Uploaded {
  readonly ETag: string | undefined;
  readonly size: number;
}

/** The least that a part may have, but the last: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART = 5 * 1024 * 1024;
/** Each thousand parts are larger, so that the 10,000 parts which S3 takes hold 275 GB. */
const partSize = (part: number): number => PART * (1 + Math.floor(part / 1000));
const ROUNDS = 8;

/**
 * Puts an object: in one request where it has one part, else as a multipart upload, which S3 shows only when it is complete.
 *
 * An upload that fails is aborted. What a killed process leaves behind nobody sees, but it is paid for: give the bucket a
 * lifecycle rule `AbortIncompleteMultipartUpload`.
 *
 * @throws `PreconditionFailed`; what the body throws.
 */
export async function upload(s3: S3Client, to: Upload, body: Body): Promise<Uploaded> {
  const parts = bodyParts(body, partSize);
  try {
    const first = (await parts.next()).value as Uint8Array;
    const second = await parts.next();
    if (second.done) return await putWhole(s3, to, first);
    return await putParts(s3, to, withFirst(first, second.value, parts));
  } finally {
    // Where S3 refused a part, the rest of a stream is not wanted.
    await parts.return(undefined);
  }
}

async function* withFirst(
  first: Uint8Array,
  second: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield second;
  yield* rest;
}

async function putWhole(s3: S3Client, { conditions, ...to }: Upload, bytes: Uint8Array): Promise<Uploaded> {
  for (let round = 0; ; round += 1)
    try {
      const { ETag } = await answer('S3', s3.send(new PutObjectCommand({ ...to, ...conditions, Body: bytes })));
      return { ETag, size: bytes.byteLength };
    } catch (error) {
      // Two conditional writes met, and S3 wants one of them to come again.
      if (!isNamed(error, 'ConditionalRequestConflict') || round === ROUNDS) throw refusal(error, to.Key, conditions);
      await backOff(round);
    }
}

async function putParts(
  s3: S3Client,
  { ContentType, conditions, ...at }: Upload,
  parts: AsyncIterable<Uint8Array>,
): Promise<Uploaded> {
  const { UploadId } = await answer('S3', s3.send(new CreateMultipartUploadCommand({ ...at, ContentType })));
  try {
    const done: CompletedPart[] = [];
    let size = 0;
    for await (const Body of parts) {
      const PartNumber = done.length + 1;
      const part = await answer('S3', s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body })));
      // The checksum that the SDK sent by itself is asked for again in the end.
      done.push({ PartNumber, ETag: part.ETag, ...(part.ChecksumCRC32 && { ChecksumCRC32: part.ChecksumCRC32 }) });
      size += Body.byteLength;
    }
    const complete = { ...at, ...conditions, UploadId, MultipartUpload: { Parts: done } };
    const { ETag } = await answer('S3', s3.send(new CompleteMultipartUploadCommand(complete)));
    return { ETag, size };
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
    throw refusal(error, at.Key, conditions);
  }
}

/** S3 calls it a failed precondition, or, where `ifMatch` names an object that is not there, a missing key. */
function refusal(error: unknown, key: string, { IfMatch, IfNoneMatch }: Upload['conditions']): unknown {
  const status = statusOf(error);
  const held = IfMatch ?? IfNoneMatch;
  if (held === undefined) return error;
  if (isNamed(error, 'ConditionalRequestConflict'))
    return new Failure({ name: 'Unavailable', message: `S3: other writers of ${JSON.stringify(key)} were in the way` });
  if (status !== 412 && !(IfMatch !== undefined && isNamed(error, 'NoSuchKey'))) return error;
  const condition = IfMatch === undefined ? 'ifNoneMatch' : 'ifMatch';
  return new Failure({
    name: 'PreconditionFailed',
    message: `${JSON.stringify(key)}: ${condition} is ${held}, and it does not hold`,
  });
}
