import {
  type BlobGenerateSasUrlOptions,
  BlobSASPermissions,
  type BlobServiceClient,
  SASProtocol,
  type UserDelegationKey,
} from '@azure/storage-blob';
import type { ObjectRight, SignRight } from '../../../core/resources/signed-urls.ts';
import { answer } from './answer.ts';
import { toBlobName } from './blob-name.ts';

const DAY = 86_400_000;
/** https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key */
const KEY_LIFE = 7 * DAY;
/** Seconds by which the clocks of this machine and of Azure may differ. */
const SKEW = 60_000;

/**
 * Signs in the name of the client: with its account's key, or, where it has an identity, with a user delegation key, for which it
 * needs the right `generateUserDelegationKey` of the account.
 *
 * An account's key signs no header: whoever has such an upload URL chooses the content type. A user delegation key signs it from
 * service version 2026-04-06 on, which refuses another.
 *
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
export function signWith(blobs: BlobServiceClient, container: string): SignRight {
  // By what it can, not by its class: a bundle may hold the SDK twice.
  const byIdentity = 'getToken' in blobs.credential;
  const keys = delegationKeys(blobs);
  return async (right, seconds) => {
    const { method, key } = right;
    const expiresOn = new Date((Math.floor(Date.now() / 1000) + seconds) * 1000);
    const blob = blobs.getContainerClient(container).getBlockBlobClient(toBlobName(key));
    const headers = headersOf(right);
    const options: BlobGenerateSasUrlOptions = {
      permissions: BlobSASPermissions.parse(method === 'PUT' ? 'cw' : 'r'),
      expiresOn,
      protocol: blob.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
    };
    const signed = { ...options, ...(method === 'PUT' && { requestHeaders: { 'content-type': right.contentType } }) };
    const url = byIdentity
      ? await blob.generateUserDelegationSasUrl(signed, await keys(expiresOn))
      : await blob.generateSasUrl(options);
    return { url, method, headers, expiresAt: expiresOn };
  };
}

function headersOf(right: ObjectRight): Readonly<Record<string, string>> {
  return right.method === 'PUT' ? { 'content-type': right.contentType, 'x-ms-blob-type': 'BlockBlob' } : {};
}

/** Gives a key that is good until a time; one is used for as long as it is good enough. */
function delegationKeys(blobs: BlobServiceClient): (until: Date) => Promise<UserDelegationKey> {
  let kept: { readonly key: Promise<UserDelegationKey>; readonly until: number } | undefined;
  return (until) => {
    if (kept === undefined || kept.until < until.getTime()) {
      // A key begins now, so that it still is good when a URL of 7 days ends.
      const end = Date.now() + KEY_LIFE;
      const fresh = {
        key: answer('Blob Storage', blobs.getUserDelegationKey(new Date(Date.now() - SKEW), new Date(end))),
        until: end,
      };
      kept = fresh;
      fresh.key.catch(() => {
        if (kept === fresh) kept = undefined;
      });
    }
    return kept.key;
  };
}
