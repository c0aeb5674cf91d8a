import type { HttpRequest } from '@azure/functions';

const BODILESS = ['GET', 'HEAD'];
/** What could be read as more than a host is none. */
const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/**
 * The request that a function was called with, as the client sent it: its body is read while it arrives.
 *
 * The routes of an app read the path, so that Azure's route parameters are not needed; a function of one's own has them in
 * `request.params`. The library has dropped the body of a GET or HEAD.
 *
 * @throws TypeError where the body was read before.
 */
export function toRequest(request: HttpRequest): Request {
  const { method, headers, body } = request;
  const url = outerUrl(request);
  const init: RequestInit & { duplex?: 'half' } = { method, headers };
  if (body !== null && !BODILESS.includes(method)) {
    init.body = body as ReadableStream;
    init.duplex = 'half';
  }
  const made = new Request(url, init);
  // Who compares it with the origin of a page means the address that the page has.
  if (url !== request.url && headers.has('x-forwarded-host')) made.headers.set('host', new URL(url).host);
  return made;
}

/**
 * The address that the client used. Azure's fronts end TLS and may have a host of their own, and say so in headers:
 * https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol
 */
function outerUrl({ url, headers }: HttpRequest): string {
  const scheme = firstOf(headers.get('x-forwarded-proto'));
  const host = firstOf(headers.get('x-forwarded-host'));
  if (scheme === undefined && host === undefined) return url;
  const outer = new URL(url);
  if (scheme === 'http' || scheme === 'https') outer.protocol = scheme;
  if (host !== undefined && HOST.test(host)) {
    // Else the port of the inner host would stay.
    outer.port = '';
    outer.host = host;
  }
  return outer.href;
}

/** Each front appends to what the one before it said. */
function firstOf(value: string | null): string | undefined {
  return value?.split(',', 1)[0]?.trim().toLowerCase() || undefined;
}
