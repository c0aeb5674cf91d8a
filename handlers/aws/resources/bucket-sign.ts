import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { SignRight } from '../../../core/resources/signed-urls.ts';

/**
 * Signs in the name of the client: without a request, and for no longer than the client's credentials are good for. A size is
 * a signed `content-length`, which whoever sends the body writes by itself.
 */
export function signWith(s3: S3Client, Bucket: string): SignRight {
  // Otherwise the checksum of a body that is not there yet becomes a part of an upload's URL.
  const client = {
    ...s3,
    config: { ...s3.config, requestChecksumCalculation: async () => 'WHEN_REQUIRED' },
    middlewareStack: s3.middlewareStack,
  } as unknown as S3Client;

  return async (right, seconds) => {
    const signed = Math.floor(Date.now() / 1000) * 1000;
    const { method, key: Key } = right;
    const headers = method === 'PUT' ? { 'content-type': right.contentType } : {};
    const command =
      method === 'PUT'
        ? new PutObjectCommand({ Bucket, Key, ContentType: right.contentType, ContentLength: right.bytes })
        : new GetObjectCommand({ Bucket, Key });
    const url = await getSignedUrl(client, command, {
      expiresIn: seconds,
      signableHeaders: new Set(['host', 'content-type', 'content-length']),
      signingDate: new Date(signed),
    });
    return { url, method, headers, expiresAt: new Date(signed + seconds * 1000) };
  };
}
