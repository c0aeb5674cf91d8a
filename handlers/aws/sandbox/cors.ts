import type { IncomingMessage, ServerResponse } from 'node:http';
import { fits } from './policy.ts';
import { refuse } from './s3.ts';

/** A rule of a bucket's CORS configuration. */
export interface CorsRule {
  /** With at most one `*` each, as headers. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  /** Seconds that a browser may keep an answer; `undefined` where nothing says so. */
  readonly maxAge: number | undefined;
}

interface Asked {
  readonly origin: string;
  readonly method: string;
  readonly headers: readonly string[];
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

/**
 * Answers the question of a browser whether a page may send a request to a bucket. Nobody signs it.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 *
 * @param rules those of the bucket.
 */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, rules: readonly CorsRule[]): void {
  const { origin, 'access-control-request-method': method = '' } = request.headers;
  const headers = listOf(request.headers['access-control-request-headers']);
  const rule = origin === undefined ? undefined : ruleFor(rules, { origin, method, headers });
  if (origin === undefined || !METHODS.includes(method)) refuse(response, 400, 'BadRequest');
  else if (rule === undefined) refuse(response, 403, 'AccessForbidden');
  else {
    allow(response, rule, origin);
    if (headers.length > 0) response.setHeader('access-control-allow-headers', headers.join(', '));
    response.writeHead(200, { 'content-length': 0 }).end();
  }
}

/** Puts on an answer, whatever it is, what a browser needs to show it to the page that asked; nothing where no rule allows it. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, rules: readonly CorsRule[]): void {
  const { method = 'GET', headers } = request;
  if (headers.origin === undefined) return;
  const rule = ruleFor(rules, { origin: headers.origin, method, headers: [] });
  if (rule !== undefined) allow(response, rule, headers.origin);
}

/**
 * The first rule that has all that is asked for.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
function ruleFor(rules: readonly CorsRule[], { origin, method, headers }: Asked): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.origins.some((one) => fits(one, origin)) &&
      rule.methods.includes(method) &&
      headers.every((name) => rule.headers.some((one) => fits(one.toLowerCase(), name))),
  );
}

function allow(response: ServerResponse, { origins, methods, exposed, maxAge }: CorsRule, origin: string): void {
  const any = origins.find((one) => fits(one, origin)) === '*';
  response.setHeader('access-control-allow-origin', any ? '*' : origin);
  if (!any) response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', methods.join(', '));
  if (exposed.length > 0) response.setHeader('access-control-expose-headers', exposed.join(', '));
  if (maxAge !== undefined) response.setHeader('access-control-max-age', String(maxAge));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
}

function listOf(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
