import type { Json } from '../../../core/json.ts';
import type { HttpResult } from '../http/http-kind.ts';
import type { LambdaError } from './lambda-error.ts';

/**
 * The event of an HTTP API with payload format 2.0; cookies come in a field of their own.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export async function toHttpApiEvent(
  request: Request,
  domainName: string,
  stage = '$default',
): Promise<Record<string, Json>> {
  const url = new URL(request.url);
  const { cookie, ...headers } = Object.fromEntries(request.headers);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: stage === '$default' ? url.pathname : `/${stage}${url.pathname}`,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: { ...headers, host: url.host, 'x-forwarded-proto': url.protocol.slice(0, -1) },
    requestContext: { domainName, stage, http: { method: request.method, path: url.pathname } },
    ...(await bodyOf(request)),
  };
}

/** A body as fronts of Lambda hand it over. */
export async function bodyOf(request: Request): Promise<{ body: string | null; isBase64Encoded: boolean }> {
  const bytes = Buffer.from(await request.arrayBuffer());
  return bytes.length === 0
    ? { body: null, isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
}

export function fromHttpApiResult(result: HttpResult): Response {
  const cookies = (result.cookies ?? []).map((one) => ['set-cookie', one] as const);
  return respond(result, [...Object.entries(result.headers ?? {}), ...cookies]);
}

/** The response that a front makes of a result, with the headers that it takes from it. */
export function respond(result: HttpResult, headers: readonly (readonly [string, string])[]): Response {
  const bytes = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
  const empty = [204, 205, 304].includes(result.statusCode);
  // All at once: a Response of the server that this may run in has a content type of its own from the beginning.
  return new Response(empty ? null : bytes, {
    status: result.statusCode,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** What a request gets where the function failed. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html */
export function responseOfFailure({ name }: LambdaError): Response {
  if (name === 'RequestTooLargeException')
    return Response.json({ message: 'Request Entity Too Large' }, { status: 413 });
  const status = name === 'Sandbox.Timedout' ? 503 : 500;
  return Response.json({ message: status === 503 ? 'Service Unavailable' : 'Internal Server Error' }, { status });
}
