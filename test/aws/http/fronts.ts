import type { HttpResult } from '../../../handlers/aws/index.ts';

/** A front of Lambda as its documentation has it, written the other way round: requests become events, results responses. */
export interface Front {
  readonly name: string;
  toEvent(request: Request): Promise<Record<string, unknown>>;
  toResponse(result: HttpResult): Response;
}

type Values = Record<string, string[]>;

async function bodyOf(request: Request): Promise<{ body: string | null; isBase64Encoded: boolean }> {
  const bytes = Buffer.from(await request.arrayBuffer());
  return bytes.length === 0
    ? { body: null, isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
}

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

function respond(result: HttpResult, headers: readonly (readonly [string, string])[]): Response {
  const bytes = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
  const empty = [204, 205, 304].includes(result.statusCode);
  const response = new Response(empty ? null : bytes, { status: result.statusCode });
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

const single = ({ headers = {} }: HttpResult): [string, string][] => Object.entries(headers);
const several = ({ multiValueHeaders = {} }: HttpResult): [string, string][] =>
  Object.entries(multiValueHeaders).flatMap(([name, all]) => all.map((value): [string, string] => [name, value]));

/** Cookies come in a field of their own. */
function payload2(domainName: string, stage: string): Front['toEvent'] {
  return async (request) => {
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
  };
}

const fromPayload2 = (result: HttpResult): Response =>
  respond(result, [...single(result), ...(result.cookies ?? []).map((one) => ['set-cookie', one] as const)]);

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
  { name: 'HTTP API', toEvent: payload2('api.example', '$default'), toResponse: fromPayload2 },
  { name: 'HTTP API with a stage', toEvent: payload2('api.example', 'prod'), toResponse: fromPayload2 },
  { name: 'function URL', toEvent: payload2('a.lambda-url.eu-west-1.on.aws', '$default'), toResponse: fromPayload2 },
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
