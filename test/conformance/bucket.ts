import type { BucketCapabilities, BucketClient } from '../../core/resources/bucket.ts';
import { conditionLaws, unsupportedLaws } from './bucket-conditions.ts';
import { keyLaws } from './bucket-keys.ts';
import { objectLaws } from './bucket-objects.ts';
import { signedLaws, unsignedLaws } from './bucket-signed.ts';
import { sizedLaws, unsizedLaws } from './bucket-sized.ts';
import type { Laws, Send } from './bucket-support.ts';
import { lawSuite } from './law-suite.ts';

export interface OpenBucket {
  readonly client: BucketClient;
  /** Needed where the room declares `signedUrls`. */
  readonly send?: Send;
  close(): void | Promise<void>;
}

export interface BucketRoom {
  readonly name: string;
  readonly capabilities: BucketCapabilities;
  /** A client of the bucket `name`, which nobody has used before. */
  open(name: string): OpenBucket | Promise<OpenBucket>;
  /** Laws that this room breaks, by their titles, each with the reason. They must fail, or the deviation is out of date. */
  readonly deviations?: Readonly<Record<string, string>>;
}

/**
 * The laws of a bucket, one test each. Every room calls this with its own client.
 *
 * - The room declares what it supports; what it does not declare is refused as `Unsupported` and changes nothing.
 * - Objects (`bucket-objects.ts`): bytes, strings and streams come back as they were put; put is whole or nothing and replaces; the etag follows the
 *   bytes; head agrees with get; ranges; the content type is kept; delete is idempotent; a body is read once; readers get one
 *   whole version while it is replaced; buckets are separate.
 * - Keys (`bucket-keys.ts`): what looks alike is different, hostile keys are kept whole or refused, up to 1,024 bytes; lists
 *   are in the order of UTF-8 bytes, by prefix, page by page, while others write.
 * - Signed URLs (`bucket-signed.ts`): what goes up comes down; each is for one method, object, content type and time.
 * - Sized uploads (`bucket-sized.ts`): a URL for so many bytes takes no other number.
 * - Conditions (`bucket-conditions.ts`): one of many creators wins, no update is lost.
 */
export function bucketSuite({ name, capabilities, open, deviations = {} }: BucketRoom): void {
  const known: Record<keyof BucketCapabilities, Laws> = {
    conditionalPut: conditionLaws,
    signedUrls: signedLaws,
    sizedUploads: sizedLaws,
  };
  const laws: Laws = {
    ...objectLaws,
    ...keyLaws,
    ...(capabilities.conditionalPut ? conditionLaws : unsupportedLaws),
    ...(capabilities.signedUrls ? signedLaws : unsignedLaws),
    ...(capabilities.sizedUploads ? sizedLaws : unsizedLaws),
  };

  lawSuite<OpenBucket, Laws[string]>({
    title: `bucket: ${name}`,
    laws,
    capabilities,
    known,
    deviations,
    async run(law, opener) {
      const [bucket, other] = [await opener(open), await opener(open)];
      await law(bucket.client, other.client, bucket.send ?? unsendable);
    },
  });
}

async function unsendable(): Promise<never> {
  throw new Error('a room that declares signedUrls says how to send a request: OpenBucket.send');
}
