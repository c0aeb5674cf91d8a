import { invalidInput } from '../../../core/error.ts';
import { bodyOverGet } from './body-over-get.ts';
import { type HeaderPair, isNamed } from './header-pairs.ts';

/** What the fronts tell of a request, each in its own fields. */
export interface RequestParts {
  readonly method: unknown;
  /** As received: percent-encoded, and not decoded here. */
  readonly path: unknown;
  /** Percent-encoded, without the question mark. */
  readonly query: string;
  readonly headers: readonly HeaderPair[];
  /** The host where no `host` header names one. */
  readonly domain: unknown;
  /** The scheme where `x-forwarded-proto` names none. */
  readonly scheme: 'http' | 'https';
  readonly body: unknown;
  readonly isBase64Encoded: unknown;
}

const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** @throws `InvalidInput` naming what no request can have. */
export function buildRequest(parts: RequestParts): Request {
  const { method, query, body, isBase64Encoded, headers } = parts;
  if (typeof method !== 'string' || method === '') throw invalidInput('method: must be a non-empty string', 'method');
  const host = headers.find(([name]) => isNamed(name, 'host'))?.[1];
  const forwarded = headers.find(([name]) => isNamed(name, 'x-forwarded-proto'))?.[1];
  const scheme = forwarded === 'http' || forwarded === 'https' ? forwarded : parts.scheme;
  const search = query === '' ? '' : `?${plain(query, LOOSE_QUERY)}`;
  const url = `${scheme}://${hostOf(host, parts.domain)}${pathOf(parts.path)}${search}`;
  const bytes = bytesOf(body, isBase64Encoded === true);
  const bodiless = bytes === undefined || method === 'GET' || method === 'HEAD';
  const request = made(url, method, bodiless ? undefined : bytes);
  // Appended one by one: quicker than through the constructor, which would not say either which one it refuses.
  let declared = false;
  for (const [name, value] of headers) {
    if (isNamed(name, 'content-length')) declared = true;
    else append(request.headers, name, value);
  }
  // The front has taken the body out of its framing: what it declared may be another length, and limits trust this one.
  if (declared || bytes !== undefined) request.headers.set('content-length', String(bytes?.byteLength ?? 0));
  return bodiless && bytes !== undefined ? bodyOverGet(request, bytes) : request;
}

function made(url: string, method: string, body: Uint8Array<ArrayBuffer> | undefined): Request {
  try {
    // To read the second argument costs as much as to make the rest.
    if (method === 'GET') return new Request(url);
    return new Request(url, body === undefined ? { method } : { method, body });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidInput(`method ${JSON.stringify(method.slice(0, 40))} or URL: ${reason}`, 'method');
  }
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    const shown = JSON.stringify(name.slice(0, 80));
    throw invalidInput(`headers: ${shown} has a name or a value that no header can have`, 'headers');
  }
}

/** A host that could be read as more than a host is none; load balancers check health without one. */
function hostOf(header: string | undefined, domain: unknown): string {
  if (header !== undefined && HOST.test(header)) return header;
  return typeof domain === 'string' && HOST.test(domain) ? domain : 'localhost';
}

/** What a URL parser would take for the end of the path, for a slash, or silently drop. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
const LOOSE_PATH = /[\u0000-\u0020?#\\]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
const LOOSE_QUERY = /[\u0000-\u0020#]/g;

function pathOf(path: unknown): string {
  if (typeof path !== 'string') return '/';
  return plain(path.startsWith('/') ? path : `/${path}`, LOOSE_PATH);
}

function plain(text: string, loose: RegExp): string {
  return text.replace(loose, encodeURIComponent);
}

function bytesOf(body: unknown, base64: boolean): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || body === null || body === '') return undefined;
  if (typeof body !== 'string') throw invalidInput(`body: must be a string, not ${typeof body}`, 'body');
  return Buffer.from(body, base64 ? 'base64' : 'utf8');
}
