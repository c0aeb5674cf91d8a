import { fieldAt, fields } from '../events/field.ts';
import { cookieNames } from './cookie-names.ts';
import { headerPairs } from './header-pairs.ts';
import type { HttpKind } from './http-kind.ts';
import { payloadOf } from './payload.ts';
import { queryOf } from './query.ts';
import { buildRequest } from './request.ts';
import { descriptionOf, headOf } from './response-head.ts';

/**
 * Application Load Balancers. Queries come as the client wrote them; answers have the form, single or several values, of the event.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export const loadBalancer: HttpKind = {
  name: 'Application Load Balancer',
  matches: (event) => fieldAt(event, 'requestContext', 'elb') !== undefined,
  toRequest: (event) =>
    buildRequest({
      method: event.httpMethod,
      path: event.path,
      query: queryOf(event.queryStringParameters, event.multiValueQueryStringParameters, (text) => text),
      headers: headerPairs(event.headers, event.multiValueHeaders),
      domain: undefined,
      scheme: 'http',
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    }),
  async toResult(response, event) {
    const { statusCode, headers, cookies } = headOf(response);
    const several = fields(event.multiValueHeaders) === event.multiValueHeaders;
    return {
      statusCode,
      statusDescription: descriptionOf(response),
      ...(several
        ? { multiValueHeaders: severalOf(headers, cookies) }
        : { headers: { ...headers, ...cookieNames(cookies) } }),
      ...(await payloadOf(response, headers)),
    };
  },
};

function severalOf(headers: Record<string, string>, cookies: readonly string[]): Record<string, readonly string[]> {
  const several = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return cookies.length === 0 ? several : { ...several, 'set-cookie': cookies };
}
