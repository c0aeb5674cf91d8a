import { Failure } from '../error.ts';
import { type BucketClient, checkedContentType, checkedExpiry, checkedKey, type SignedUrl } from './bucket.ts';

/** What a signed URL is a right to: one method on one object and, for an upload, under one content type. */
export type ObjectRight =
  | { readonly method: 'GET'; readonly bucket: string; readonly key: string }
  | { readonly method: 'PUT'; readonly bucket: string; readonly key: string; readonly contentType: string };

/** Signs a right for so many seconds. */
export type SignRight = (right: ObjectRight, seconds: number) => Promise<SignedUrl>;

/** The methods of a bucket that give URLs. Without `sign` they throw `Unsupported`. */
export function signedUrls(
  bucket: string,
  sign: SignRight = unsupported,
): Pick<BucketClient, 'downloadUrl' | 'uploadUrl'> {
  return {
    downloadUrl: async (key, { expires } = {}) =>
      sign({ method: 'GET', bucket, key: checkedKey(key) }, checkedExpiry(expires)),
    uploadUrl: async (key, { expires, contentType } = {}) =>
      sign(
        { method: 'PUT', bucket, key: checkedKey(key), contentType: checkedContentType(contentType) },
        checkedExpiry(expires),
      ),
  };
}

async function unsupported(): Promise<never> {
  throw new Failure({ name: 'Unsupported', message: 'signed URLs: nothing here serves objects over HTTP' });
}
