import type { HttpResult } from '../../../handlers/aws/index.ts';
import { bodyOf, fromHttpApiResult, respond, toHttpApiEvent } from '../../../handlers/aws/sandbox/http-api.ts';

/** A front of Lambda as its documentation has it, written the other way round: requests become events, results responses. */
export interface Front {
  readonly name: string;
  toEvent(request: Request): Promise<Record<string, unknown>>;
  toResponse(result: HttpResult): Response;
}

type Values = Record<string, string[]>;

function valuesOf(pairs: Iterable<readonly [string, string]>): Values {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}

const last = (values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

/** Splits as a front does: at `&` and the first `=`. */
function rawPairs(search: string): [string, string][] {
  const parts = search.replace(/^\?/, '').split('&');
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    });
}

const single = ({ headers = {} }: HttpResult): [string, string][] => Object.entries(headers);
const several = ({ multiValueHeaders = {} }: HttpResult): [string, string][] =>
  Object.entries(multiValueHeaders).flatMap(([name, all]) => all.map((value): [string, string] => [name, value]));

const payload2 =
  (domainName: string, stage: string): Front['toEvent'] =>
  (request) =>
    toHttpApiEvent(request, domainName, stage);

async function proxied(request: Request, query: Values, both: boolean): Promise<Record<string, unknown>> {
  const url = new URL(request.url);
  const multiValueHeaders = valuesOf([
    ...request.headers,
    ['host', url.host],
    ['x-forwarded-proto', url.protocol.slice(0, -1)],
  ]);
  return {
    httpMethod: request.method,
    path: url.pathname,
    multiValueHeaders,
    multiValueQueryStringParameters: query,
    ...(both && { headers: last(multiValueHeaders), queryStringParameters: last(query) }),
    ...(await bodyOf(request)),
  };
}

export const FRONTS: readonly Front[] = [
  {
    name: 'REST API',
    async toEvent(request) {
      // The gateway decodes, and a plus sign is none of a form's here.
      const decoded = rawPairs(new URL(request.url).search).map(
        ([name, value]) => [decodeURIComponent(name), decodeURIComponent(value)] as const,
      );
      const event = await proxied(request, valuesOf(decoded), true);
      return { ...event, resource: '/{proxy+}', requestContext: { stage: 'dev', domainName: 'ignored.example' } };
    },
    toResponse: (result) => respond(result, [...single(result), ...several(result)]),
  },
  { name: 'HTTP API', toEvent: payload2('api.example', '$default'), toResponse: fromHttpApiResult },
  { name: 'HTTP API with a stage', toEvent: payload2('api.example', 'prod'), toResponse: fromHttpApiResult },
  {
    name: 'function URL',
    toEvent: payload2('a.lambda-url.eu-west-1.on.aws', '$default'),
    toResponse: fromHttpApiResult,
  },
  {
    name: 'load balancer with several values',
    async toEvent(request) {
      const event = await proxied(request, valuesOf(rawPairs(new URL(request.url).search)), false);
      return { ...event, requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:x' } } };
    },
    toResponse: (result) => respond(result, several(result)),
  },
  {
    name: 'load balancer with single values',
    async toEvent(request) {
      const event = await proxied(request, valuesOf(rawPairs(new URL(request.url).search)), true);
      const { multiValueHeaders: _, multiValueQueryStringParameters: __, ...rest } = event;
      return { ...rest, requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:x' } } };
    },
    toResponse: (result) => respond(result, single(result)),
  },
  {
    name: 'VPC Lattice',
    async toEvent(request) {
      const url = new URL(request.url);
      return {
        version: '2.0',
        method: request.method,
        path: `${url.pathname}${url.search}`,
        headers: valuesOf([...request.headers, ['host', url.host], ['x-forwarded-proto', url.protocol.slice(0, -1)]]),
        requestContext: { serviceArn: 'arn:aws:vpc-lattice:x' },
        ...(await bodyOf(request)),
      };
    },
    toResponse: (result) => respond(result, single(result)),
  },
];

/** Fronts that keep only the last of several values of a name. */
export const KEEPS_ONE = 'load balancer with single values';
