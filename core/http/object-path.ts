/** The path of an object: slashes part it as they part the key, everything else that a URL would take for its own is escaped. */
export function objectPath(bucket: string, key: string): string {
  return `/buckets/${encodeURIComponent(bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
