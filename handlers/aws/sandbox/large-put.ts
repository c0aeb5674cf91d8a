/** Bytes that fauxqs takes in one request: https://github.com/kibertoad/fauxqs */
const MOST = 11 * 1_048_576;
const PART = 8 * 1_048_576;

export function isLarge(body: Uint8Array): boolean {
  return body.byteLength > MOST;
}

/**
 * Puts an object, which S3 takes whole up to 5 GB, in parts behind the gate.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 *
 * @returns the answer of whichever request failed, or the last.
 */
export async function putInParts(
  to: URL,
  contentType: string | null,
  body: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const at = (query: Readonly<Record<string, string>>): URL => {
    const url = new URL(to);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  const headers = contentType === null ? {} : { 'content-type': contentType };
  const begun = await fetch(at({ uploads: '' }), { method: 'POST', headers });
  const uploadId = fieldOf(await begun.clone().text(), 'UploadId');
  if (uploadId === undefined) return begun;
  const parts: string[] = [];
  for (let from = 0; from < body.byteLength; from += PART) {
    const partNumber = String(parts.length + 1);
    const part = body.subarray(from, from + PART);
    const answer = await fetch(at({ partNumber, uploadId }), { method: 'PUT', body: part });
    if (!answer.ok) return answer;
    parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${answer.headers.get('etag')}</ETag></Part>`);
  }
  const done = await fetch(at({ uploadId }), {
    method: 'POST',
    headers: { 'content-type': 'application/xml' },
    body: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
  });
  const etag = fieldOf(await done.clone().text(), 'ETag');
  return etag === undefined ? done : new Response(null, { headers: { etag: etag.replaceAll('&quot;', '"') } });
}

function fieldOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}
