import { createRequire } from 'node:module';
import functions, { type HttpHandler, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { Hono } from 'hono';
import { app, http } from 'skein';
import { httpEntry } from '../handlers/azure/functions/http-entry.ts';
import { openRoom } from '../handlers/azure/functions/room.ts';
import { inRounds, median, percent } from './rounds.ts';

/**
 * What an HTTP request costs in a function: skein's whole app beside `@marplex/hono-azurefunc-adapter` over the same routes, and beside a
 * bare handler as one gives it to `app.http`. Each gets the library's own request, and its answer is read as the library reads it. In
 * this thread's own CPU time; what the library and the host do besides is the same for all.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const BATCH = 1_000;
const KINDS = ['skein', 'marplex', 'bare'] as const;

const peer = createRequire(new URL('../tools/azure-peer/', import.meta.url));
const { azureHonoHandler } = peer('@marplex/hono-azurefunc-adapter') as {
  azureHonoHandler(fetch: Hono['fetch']): HttpHandler;
};

interface Scenario {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly bare: HttpHandler;
}

const COOKIES = ['session=abc; Path=/; HttpOnly; Secure; SameSite=Strict', 'theme=dark; Path=/; Max-Age=86400'];
const routes = (api: Hono) =>
  api
    .get('/hello', (c) => c.text('hello'))
    .get('/cookies', (c) => {
      for (const cookie of COOKIES) c.header('set-cookie', cookie, { append: true });
      return c.text('hello');
    })
    .post('/echo', async (c) => c.json(await c.req.json()));

const unused = (): never => {
  throw new Error('no route of the bench uses a resource');
};
const room = openRoom([app('bench', { http: [http('routes', { routes })] })], {
  make: { bucket: unused, queue: unused, table: unused, secret: unused },
  durable: unused,
  env: {},
  log: console.error,
});
const handlers: Readonly<Record<'skein' | 'marplex', HttpHandler>> = {
  skein: httpEntry(room),
  marplex: azureHonoHandler(routes(new Hono()).fetch),
};

const BODY = JSON.stringify({ names: Array.from({ length: 20 }, (_, i) => `name ${i}`) });
const HEADERS = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
  'content-type': 'application/json',
  host: 'bench.azurewebsites.net',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'x-forwarded-for': '203.0.113.7:51234',
  'x-forwarded-proto': 'https',
};

const SCENARIOS: readonly Scenario[] = [
  { title: 'GET', method: 'GET', path: '/hello', bare: async () => ({ body: 'hello' }) },
  {
    title: 'GET with two cookies',
    method: 'GET',
    path: '/cookies',
    bare: async () => ({
      body: 'hello',
      cookies: [
        { name: 'session', value: 'abc', path: '/', httpOnly: true, secure: true, sameSite: 'Strict' },
        { name: 'theme', value: 'dark', path: '/', maxAge: 86_400 },
      ],
    }),
  },
  {
    title: `POST of ${BODY.length} bytes of JSON`,
    method: 'POST',
    path: '/echo',
    body: BODY,
    bare: async (request) => ({ jsonBody: await request.json() }),
  },
];

const context = {} as InvocationContext;

async function call(handler: HttpHandler, { title, method, path, body }: Scenario): Promise<void> {
  const request = new functions.HttpRequest({
    ...{ method, url: `http://bench.azurewebsites.net${path}?a=b&c=d` },
    headers: body === undefined ? HEADERS : { ...HEADERS, 'content-length': String(body.length) },
    ...(body !== undefined && { body: { string: body } }),
  });
  const answer = (await handler(request, context)) as HttpResponseInit;
  const response = answer instanceof functions.HttpResponse ? answer : new functions.HttpResponse(answer);
  if (response.status !== 200) throw new Error(`${title}: status ${response.status}`);
  for await (const chunk of response.body ?? []) if (chunk.length === 0) throw new Error(`${title}: empty`);
}

/** Microseconds of CPU time that one measurement takes at least: the clock ticks in milliseconds. */
const ENOUGH = 300_000;

async function rateOf(handler: HttpHandler, scenario: Scenario): Promise<number> {
  const start = process.threadCpuUsage();
  for (let requests = BATCH; ; requests += BATCH) {
    for (let i = 0; i < BATCH; i++) await call(handler, scenario);
    const { user, system } = process.threadCpuUsage(start);
    if (user + system >= ENOUGH) return (requests * 1e6) / (user + system);
  }
}

const lines: string[] = [];
for (const scenario of SCENARIOS) {
  console.log(`${scenario.title}, requests per second of CPU time`);
  const of = (kind: (typeof KINDS)[number]) => rateOf(kind === 'bare' ? scenario.bare : handlers[kind], scenario);
  for (const kind of KINDS) await of(kind);
  const rates = await inRounds(KINDS, ROUNDS, of);
  const over = (kind: 'skein' | 'marplex') =>
    median(rates[kind].map((rate, i) => 1e6 / rate - 1e6 / (rates.bare[i] ?? 1))).toFixed(1);
  lines.push(
    `${scenario.title}: ${over('skein')} µs over a bare handler, @marplex/hono-azurefunc-adapter ${over('marplex')} µs; skein is ${percent(rates, 'skein', 'marplex')} of it, ${percent(rates, 'skein', 'bare')} of a bare handler`,
  );
}
console.log(`${lines.join('\n')}\n(medians of ${ROUNDS} rounds)`);
