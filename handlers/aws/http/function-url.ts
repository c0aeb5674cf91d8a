import { textAt } from '../events/field.ts';
import { httpApi, isPayload2, pathOf2, toRequest2 } from './http-api.ts';
import type { HttpKind } from './http-kind.ts';

/**
 * A function's own URL: the payload of HTTP APIs, without stages.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export const functionUrl: HttpKind = {
  name: 'Lambda function URL',
  matches: (event) =>
    isPayload2(event) && (textAt(event, 'requestContext', 'domainName') ?? '').includes('.lambda-url.'),
  toRequest: (event) => toRequest2(event, pathOf2(event)),
  addressOf: (event) => httpApi.addressOf?.(event),
  toResult: httpApi.toResult,
};
