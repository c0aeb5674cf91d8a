import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { app, http } from 'skein';
import { lambda } from 'skein/aws';
import { inRounds, median, percent } from './rounds.ts';

/**
 * What an HTTP event costs: skein's whole app beside `hono/aws-lambda` over the same routes, and beside a bare handler that reads the
 * event and writes the result by hand. In this thread's own CPU time: a Lambda environment has one event at a time and nobody beside.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const BATCH = 1_000;
const KINDS = ['skein', 'hono', 'bare'] as const;

type Handler = (event: never) => Promise<unknown>;
interface Scenario {
  readonly title: string;
  readonly event: unknown;
  readonly bare: Handler;
}

const routes = (api: Hono) =>
  api.get('/hello', (c) => c.text('hello')).post('/echo', async (c) => c.json(await c.req.json()));
const handlers: Readonly<Record<'skein' | 'hono', Handler>> = {
  skein: lambda(app('bench', { http: [http('routes', { routes })] })),
  hono: handle(routes(new Hono())) as Handler,
};

const BODY = JSON.stringify({ names: Array.from({ length: 20 }, (_, i) => `name ${i}`) });
const HEADERS = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
  'content-type': 'application/json',
  host: 'abcdefghij.execute-api.eu-west-1.amazonaws.com',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'x-amzn-trace-id': 'Root=1-5e9f0c65-1de4d666d4dd26aced652b6c',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

function payload2(method: string, path: string, body?: string): unknown {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'a=b&c=d',
    cookies: ['session=abc', 'theme=dark'],
    headers: { ...HEADERS, ...(body !== undefined && { 'content-length': String(body.length) }) },
    requestContext: {
      domainName: HEADERS.host,
      stage: '$default',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: HEADERS['user-agent'] },
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

function proxied(method: string, path: string): unknown {
  return {
    resource: '/{proxy+}',
    httpMethod: method,
    path,
    headers: HEADERS,
    multiValueHeaders: Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, [value]])),
    queryStringParameters: { a: 'b', c: 'd' },
    multiValueQueryStringParameters: { a: ['b'], c: ['d'] },
    requestContext: { stage: 'dev', domainName: HEADERS.host },
    body: null,
    isBase64Encoded: false,
  };
}

const hello: Handler = async () => ({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' });
const SCENARIOS: readonly Scenario[] = [
  { title: 'GET through an HTTP API', event: payload2('GET', '/hello'), bare: hello },
  { title: 'GET through a REST API', event: proxied('GET', '/hello'), bare: hello },
  {
    title: `POST of ${BODY.length} bytes of JSON through an HTTP API`,
    event: payload2('POST', '/echo', BODY),
    bare: async ({ body }: { body: string }) => ({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(JSON.parse(body)),
    }),
  },
];

/** Microseconds of CPU time that one measurement takes at least: the clock ticks in milliseconds. */
const ENOUGH = 300_000;

async function rateOf(handler: Handler, { title, event }: Scenario): Promise<number> {
  const start = process.threadCpuUsage();
  for (let events = BATCH; ; events += BATCH) {
    for (let i = 0; i < BATCH; i++) {
      const { statusCode } = (await handler(event as never)) as { statusCode: number };
      if (statusCode !== 200) throw new Error(`${title}: status ${statusCode}`);
    }
    const { user, system } = process.threadCpuUsage(start);
    if (user + system >= ENOUGH) return (events * 1e6) / (user + system);
  }
}

const lines: string[] = [];
for (const scenario of SCENARIOS) {
  console.log(`${scenario.title}, events per second of CPU time`);
  const of = (kind: (typeof KINDS)[number]) => rateOf(kind === 'bare' ? scenario.bare : handlers[kind], scenario);
  for (const kind of KINDS) await of(kind);
  const rates = await inRounds(KINDS, ROUNDS, of);
  const over = (kind: 'skein' | 'hono') =>
    median(rates[kind].map((rate, i) => 1e6 / rate - 1e6 / (rates.bare[i] ?? 1))).toFixed(1);
  lines.push(
    `${scenario.title}: ${over('skein')} µs over a bare handler, hono/aws-lambda ${over('hono')} µs; skein is ${percent(rates, 'skein', 'hono')} of it`,
  );
}
console.log(`${lines.join('\n')}\n(medians of ${ROUNDS} rounds)`);
