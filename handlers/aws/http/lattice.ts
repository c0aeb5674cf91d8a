import { fieldAt, textAt } from '../events/field.ts';
import { cookieNames } from './cookie-names.ts';
import { headerPairs } from './header-pairs.ts';
import type { HttpKind } from './http-kind.ts';
import { payloadOf } from './payload.ts';
import { encoded, queryOf } from './query.ts';
import { buildRequest } from './request.ts';
import { descriptionOf, headOf } from './response-head.ts';

/**
 * VPC Lattice, event structure 2.0. The path may come with its query.
 *
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 */
export const lattice: HttpKind = {
  name: 'VPC Lattice',
  matches: (event) => fieldAt(event, 'requestContext', 'serviceArn') !== undefined && typeof event.method === 'string',
  toRequest(event) {
    const [path = '', ...rest] = (textAt(event, 'path') ?? '/').split('?');
    return buildRequest({
      method: event.method,
      path,
      query: rest.length > 0 ? rest.join('?') : queryOf(event.queryStringParameters, null, encoded),
      headers: headerPairs(event.headers),
      domain: undefined,
      scheme: 'https',
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    });
  },
  async toResult(response) {
    const { statusCode, headers, cookies } = headOf(response);
    return {
      statusCode,
      statusDescription: descriptionOf(response),
      headers: { ...headers, ...cookieNames(cookies) },
      ...(await payloadOf(response, headers)),
    };
  },
};
