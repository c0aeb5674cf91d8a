import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { inLanes } from '../../../core/in-lanes.ts';
import {
  type BucketCapabilities,
  type BucketClient,
  checkedContentType,
  checkedKey,
  type ObjectInfo,
  type StoredObject,
} from '../../../core/resources/bucket.ts';
import { checkedRange, checkPut } from '../../../core/resources/bucket-checks.ts';
import { type Incoming, incoming, noBytes } from '../../../core/resources/incoming-body.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import { signedUrls } from '../../../core/resources/signed-urls.ts';
import { answer, isNamed, statusOf } from './answer.ts';
import { checkedList, toCursor } from './bucket-checks.ts';
import { signWith } from './bucket-sign.ts';
import { upload } from './bucket-upload.ts';

/** What S3 can do. */
export const capabilities: BucketCapabilities = { conditionalPut: true, signedUrls: true, sizedUploads: true };

export interface BucketOptions {
  /**
   * Whether the store looks at `If-Match` and `If-None-Match` of a put. S3 does; others that speak its protocol take them and do
   * nothing: there `ifMatch` and `ifNoneMatch` must be refused as `Unsupported`.
   *
   * @default true
   */
  readonly conditionalPut?: boolean;
}

/** Content types that a list asks for at once. */
const HEADS = 24;
const UNKNOWN = 'application/octet-stream';

/**
 * A bucket of S3, of the general purpose kind.
 *
 * S3 does not tell the time of a put in its answer, nor the content types in a list. So a put is two requests, the second a list of
 * the one key, and a list asks for each object by itself.
 *
 * @param name as S3 knows it.
 * @throws TypeError naming an option that is not known.
 */
export function bucketOn(s3: S3Client, name: string, options: BucketOptions = {}): BucketClient {
  checkedOptionNames('bucket', options, ['conditionalPut']);
  const { conditionalPut = true } = options;
  const at = (key: string) => ({ Bucket: name, Key: checkedKey(key) });

  async function looked(key: string): Promise<ObjectInfo | undefined> {
    const got = await unlessAbsent(answer('S3', s3.send(new HeadObjectCommand({ Bucket: name, Key: key }))));
    return got && infoOf(key, got, got.ContentLength ?? 0);
  }

  async function listed(prefix: string, after: string | undefined, limit: number) {
    const {
      Contents = [],
      IsTruncated,
      EncodingType,
    } = await answer(
      'S3',
      s3.send(
        new ListObjectsV2Command({
          Bucket: name,
          Prefix: prefix,
          MaxKeys: limit,
          EncodingType: 'url',
          ...(after !== undefined && { StartAfter: after }),
        }),
      ),
    );
    const decoded = (key: string): string =>
      EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
    const items = Contents.map(({ Key = '', ...one }) => {
      const key = decoded(Key);
      return infoOf(key, one, one.Size ?? 0);
    });
    return { items, more: IsTruncated === true };
  }

  return {
    get: async (key, range = {}) => {
      const { from, to } = checkedRange(range);
      const object = at(key);
      const asked = from === 0 && to === undefined ? {} : { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` };
      for (;;) {
        if (to !== from) {
          const got = await bytesFrom(answer('S3', s3.send(new GetObjectCommand({ ...object, ...asked }))));
          if (got !== 'beyond') return got && opened(key, got, asked);
        }
        // No request asks for no bytes.
        const info = await looked(key);
        if (info === undefined) return undefined;
        if (to === from || info.size <= from) return noBytes(info, Math.min(from, info.size));
        // It was replaced by a longer one in between.
      }
    },
    head: async (key) => looked(at(key).Key),
    list: async (asked = {}) => {
      const { prefix, after, limit } = checkedList(asked);
      const found: ObjectInfo[] = [];
      let more = true;
      while (more && found.length < limit) {
        const page = await listed(prefix, found.at(-1)?.key ?? after, limit - found.length);
        found.push(...page.items);
        more = page.more && page.items.length > 0;
      }
      const items = [...found];
      await inLanes([...found.keys()], HEADS, async (n) => {
        // What is gone by now was there when it was listed.
        items[n] = (await looked(found[n]!.key)) ?? found[n]!;
      });
      const last = items.at(-1);
      return more && last !== undefined ? { items, next: toCursor(last.key) } : { items };
    },
    put: async (key, body, put = {}) => {
      const object = at(key);
      checkPut(body, put, conditionalPut);
      const contentType = checkedContentType(put.contentType);
      const { ifMatch, ifNoneMatch } = put;
      const conditions = {
        ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
        ...(ifNoneMatch !== undefined && { IfNoneMatch: ifNoneMatch }),
      };
      const { ETag, size } = await upload(s3, { ...object, ContentType: contentType, conditions }, body);
      const mine = infoOf(key, { ETag, ContentType: contentType, LastModified: new Date() }, size);
      // A list needs no right to the bytes; the first key that begins so is the key itself.
      const [now] = (await listed(key, undefined, 1)).items;
      return now?.key === key && now.etag === mine.etag ? { ...mine, updatedAt: now.updatedAt } : mine;
    },
    delete: async (key) => void (await answer('S3', s3.send(new DeleteObjectCommand(at(key))))),
    ...signedUrls(name, signWith(s3, name), { sized: true }),
  };

  function opened(key: string, got: GetObjectCommandOutput, asked: { Range?: string }): Promise<StoredObject> {
    const [, from = 0, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(got.ContentRange ?? '') ?? [];
    const size = Number(total ?? got.ContentLength ?? 0);
    const range = { from: Number(from), to: last === undefined ? size : Number(last) + 1 };
    const again = async (): Promise<Incoming | undefined> => {
      const same = { ...at(key), ...asked, IfMatch: got.ETag };
      const fresh = await bytesFrom(answer('S3', s3.send(new GetObjectCommand(same))));
      return fresh === 'beyond' ? undefined : fresh?.Body;
    };
    return incoming(infoOf(key, got, size), range, got.Body as Incoming, again);
  }
}

interface Told {
  readonly ETag?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly LastModified?: Date | undefined;
}

/** S3 keeps whole seconds. */
function infoOf(key: string, { ETag = '', ContentType = UNKNOWN, LastModified }: Told, size: number): ObjectInfo {
  const seconds = Math.floor((LastModified?.getTime() ?? 0) / 1000);
  return { key, size, etag: ETag.replaceAll('"', ''), contentType: ContentType, updatedAt: new Date(seconds * 1000) };
}

/** `undefined` where there is no such object, or, for a get with its etag, no such version. */
async function unlessAbsent<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (isNamed(error, 'NoSuchKey', 'NotFound', 'PreconditionFailed')) return undefined;
    throw error;
  }
}

/** The same; `beyond` where the object ends before the first byte. */
async function bytesFrom<T>(sent: Promise<T>): Promise<T | 'beyond' | undefined> {
  try {
    return await unlessAbsent(sent);
  } catch (error) {
    if (statusOf(error) === 416) return 'beyond';
    throw error;
  }
}
