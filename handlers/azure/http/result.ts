import functions, { type HttpResponse, type HttpResponseInit } from '@azure/functions';
import { type ParsedCookie, parseCookie } from './cookie.ts';

type Body = HttpResponseInit['body'];

/**
 * What a function returns for a response; its body leaves while it is made where the app streams (`app.setup({ enableHttpStream: true })`).
 *
 * One cookie is the header that it was. Of several headers of a name the library sends the last alone, so that several cookies are
 * told in its own words: `Partitioned` and `Priority` are lost then, and a value is encoded again as `encodeURIComponent` would.
 */
export function toResult(response: Response): HttpResponseInit {
  const cookies = severalCookies(response);
  return cookies === undefined ? whole(response) : withCookies(response, cookies);
}

/** The same for an app that streams: each cookie leaves as it is. */
export function toStreamedResult(response: Response): HttpResponseInit | HttpResponse {
  const cookies = severalCookies(response);
  if (cookies === undefined) return whole(response);
  if (cookies.every(({ exact }) => exact)) return withCookies(response, cookies);
  const made = new functions.HttpResponse(withCookies(response, []));
  const lines = response.headers.getSetCookie();
  // The library hands each entry to setHeader of node:http, which takes several values for a name.
  const entries = () => [...Headers.prototype.entries.call(made.headers), ['set-cookie', lines]].values();
  Object.defineProperty(made.headers, 'entries', { value: entries });
  return made;
}

function severalCookies({ headers }: Response): readonly ParsedCookie[] | undefined {
  const lines = headers.getSetCookie();
  return lines.length < 2 ? undefined : lines.map(parseCookie);
}

function whole({ status, headers, body }: Response): HttpResponseInit {
  return { status, headers, body: body as Body };
}

function withCookies(response: Response, cookies: readonly ParsedCookie[]): HttpResponseInit {
  const headers = new Headers(response.headers);
  headers.delete('set-cookie');
  return { ...whole(response), headers, cookies: cookies.map(({ cookie }) => cookie) };
}
