import { fieldAt, textAt } from '../events/field.ts';
import { headerPairs } from './header-pairs.ts';
import type { HttpKind } from './http-kind.ts';
import { payloadOf } from './payload.ts';
import { encoded, queryOf } from './query.ts';
import { buildRequest } from './request.ts';
import { headOf } from './response-head.ts';

const OTHER_FIELDS = ['requestContext', 'resource', 'multiValueHeaders', 'multiValueQueryStringParameters'];

/**
 * REST APIs of API Gateway, and HTTP APIs with payload format 1.0. The path comes without the stage.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export const restApi: HttpKind = {
  name: 'API Gateway REST API',
  matches: (event) =>
    typeof event.httpMethod === 'string' &&
    OTHER_FIELDS.some((name) => Object.hasOwn(event, name)) &&
    // A WebSocket's events look like those of its handshake.
    fieldAt(event, 'requestContext', 'connectionId') === undefined,
  toRequest: (event) =>
    buildRequest({
      method: event.httpMethod,
      path: event.path,
      query: queryOf(event.queryStringParameters, event.multiValueQueryStringParameters, encoded),
      headers: headerPairs(event.headers, event.multiValueHeaders),
      domain: fieldAt(event, 'requestContext', 'domainName'),
      scheme: 'https',
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    }),
  addressOf: (event) => textAt(event, 'requestContext', 'identity', 'sourceIp'),
  async toResult(response) {
    const { statusCode, headers, cookies } = headOf(response);
    const { body, isBase64Encoded } = await payloadOf(response, headers);
    const result = { statusCode, headers, body, isBase64Encoded };
    return cookies.length > 0 ? { ...result, multiValueHeaders: { 'set-cookie': cookies } } : result;
  },
};
