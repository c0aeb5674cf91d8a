import { createHash, timingSafeEqual } from 'node:crypto';

/** Headers of a request that came through the CloudFront of a deployment. */
export const FRONT = {
  /** The key that only CloudFront and the function have. */
  key: 'x-skein-front',
  /** The address of who asked CloudFront, which writes it over whatever was sent. */
  viewer: 'x-skein-viewer',
} as const;

/**
 * The address of who sent a request: behind the deployment's own CloudFront, which the key proves, the viewer's; else the one that
 * connected. The app sees neither header.
 *
 * @param connected as the event has it.
 * @param frontKey asked where a request shows a key; `undefined` where no CloudFront is believed.
 */
export function clientOf(
  request: Request,
  connected: string | undefined,
  frontKey: () => string | undefined,
): string | undefined {
  const { headers } = request;
  const [key, viewer] = [headers.get(FRONT.key), headers.get(FRONT.viewer)];
  if (key !== null) headers.delete(FRONT.key);
  if (viewer !== null) headers.delete(FRONT.viewer);
  if (key === null) return connected;
  const own = frontKey();
  return own !== undefined && own !== '' && isSame(key, own) ? (viewer ?? undefined) : connected;
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(hash(a), hash(b));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
