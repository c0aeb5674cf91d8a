import { fieldAt, type LambdaEvent, textAt } from '../events/field.ts';
import { type HeaderPair, headerPairs, isNamed } from './header-pairs.ts';
import type { HttpKind } from './http-kind.ts';
import { payloadOf } from './payload.ts';
import { encoded, queryOf } from './query.ts';
import { buildRequest } from './request.ts';
import { headOf } from './response-head.ts';

/**
 * HTTP APIs of API Gateway, payload format 2.0. A named stage is the first segment of `rawPath`, and no part of the app's path.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const httpApi: HttpKind = {
  name: 'API Gateway HTTP API',
  matches: isPayload2,
  toRequest: (event) => toRequest2(event, withoutStage(event)),
  addressOf: (event) => textAt(event, 'requestContext', 'http', 'sourceIp'),
  async toResult(response) {
    const { statusCode, headers, cookies } = headOf(response);
    const { body, isBase64Encoded } = await payloadOf(response, headers);
    const result = { statusCode, headers, body, isBase64Encoded };
    return cookies.length > 0 ? { ...result, cookies } : result;
  },
};

export function isPayload2(event: LambdaEvent): boolean {
  return typeof event.rawPath === 'string' || typeof fieldAt(event, 'requestContext', 'http') === 'object';
}

/** A request of payload format 2.0, which function URLs have too. */
export function toRequest2(event: LambdaEvent, path: unknown): Request {
  const { rawQueryString } = event;
  return buildRequest({
    method: fieldAt(event, 'requestContext', 'http', 'method'),
    path,
    query: typeof rawQueryString === 'string' ? rawQueryString : queryOf(event.queryStringParameters, null, encoded),
    headers: headersOf(event),
    domain: fieldAt(event, 'requestContext', 'domainName'),
    scheme: 'https',
    body: event.body,
    isBase64Encoded: event.isBase64Encoded,
  });
}

export function pathOf2(event: LambdaEvent): string | undefined {
  return textAt(event, 'rawPath') ?? textAt(event, 'requestContext', 'http', 'path');
}

function withoutStage(event: LambdaEvent): string | undefined {
  const path = pathOf2(event);
  const stage = textAt(event, 'requestContext', 'stage');
  if (path === undefined || stage === undefined || stage === '' || stage === '$default') return path;
  const prefix = `/${stage}`;
  return path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

function headersOf({ headers, cookies }: LambdaEvent): readonly HeaderPair[] {
  const pairs = headerPairs(headers);
  if (!Array.isArray(cookies) || cookies.length === 0) return pairs;
  const kept = pairs.filter(([name]) => !isNamed(name, 'cookie'));
  kept.push(...headerPairs({ cookie: cookies.join('; ') }));
  return kept;
}
