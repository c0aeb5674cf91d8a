import { checkedNumber } from '../checked-number.ts';
import { Failure } from '../error.ts';
import { type BucketClient, checkedContentType, checkedExpiry, checkedKey, type SignedUrl } from './bucket.ts';

/** What a signed URL is a right to: one method on one object and, for an upload, under one content type and perhaps of one size. */
export type ObjectRight =
  | { readonly method: 'GET'; readonly bucket: string; readonly key: string }
  | {
      readonly method: 'PUT';
      readonly bucket: string;
      readonly key: string;
      readonly contentType: string;
      readonly bytes?: number;
    };

/** Signs a right for so many seconds. */
export type SignRight = (right: ObjectRight, seconds: number) => Promise<SignedUrl>;

/** The methods of a bucket that give URLs. Without `sign` they throw `Unsupported`; without `sized` so does an upload with `bytes`. */
export function signedUrls(
  bucket: string,
  sign: SignRight = unsupported,
  { sized = false }: { readonly sized?: boolean } = {},
): Pick<BucketClient, 'downloadUrl' | 'uploadUrl'> {
  return {
    downloadUrl: async (key, { expires } = {}) =>
      sign({ method: 'GET', bucket, key: checkedKey(key) }, checkedExpiry(expires)),
    uploadUrl: async (key, { expires, contentType, bytes } = {}) => {
      const right = {
        method: 'PUT',
        bucket,
        key: checkedKey(key),
        contentType: checkedContentType(contentType),
      } as const;
      const seconds = checkedExpiry(expires);
      if (bytes === undefined) return sign(right, seconds);
      checkedNumber('bytes', bytes, 0, Number.MAX_SAFE_INTEGER);
      if (sized) return sign({ ...right, bytes }, seconds);
      throw new Failure({ name: 'Unsupported', message: 'bytes: this store cannot bind a URL to a size' });
    },
  };
}

async function unsupported(): Promise<never> {
  throw new Failure({ name: 'Unsupported', message: 'signed URLs: nothing here serves objects over HTTP' });
}
