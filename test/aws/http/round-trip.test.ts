import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toRequest, toResult } from '../../../handlers/aws/index.ts';
import { FRONTS, KEEPS_ONE } from './fronts.ts';

const unit = fc.constantFrom(
  ...'aZ09-._~',
  '%20',
  '%2F',
  '%25',
  '%C3%A9',
  '%3F',
  '%23',
  '+',
  '!',
  '*',
  "'",
  '(',
  ')',
  ':',
  '@',
);
const word = fc.array(unit, { minLength: 1, maxLength: 6 }).map((units) => units.join(''));
// A segment of dots is resolved by whoever makes the first URL of it, which is no concern of the fronts.
const segment = word.filter((text) => !/^\.{1,2}$/.test(text));
const path = fc.array(fc.oneof(segment, fc.constant('')), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const names = fc.constantFrom('q', 'a%20b', '__proto__', 'constructor', 'toString', '%E2%82%AC', '1');
const pairs = fc.array(fc.tuple(names, fc.option(word, { nil: '' })), { maxLength: 5 });
const header = fc.tuple(
  fc.constantFrom('x-a', 'X-B', 'accept', '__proto__', 'constructor', 'x-amzn-trace-id', 'cookie', 'content-type'),
  fc.constantFrom('1', 'a, b', 'a=b; c=d', 'text/plain', '\u00e9\u00ff', '"quoted"'),
);
const body = fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined });
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
const host = fc.constantFrom('api.example', 'api.example:8080', '[::1]:3000', '127.0.0.1');
const scheme = fc.constantFrom('http', 'https');

const requests = fc.record({ path, pairs, headers: fc.array(header, { maxLength: 5 }), body, method, host, scheme });

async function spell(request: Request, query: (search: string) => unknown): Promise<object> {
  const url = new URL(request.url);
  const own = ['host', 'x-forwarded-proto', 'content-length'];
  return {
    method: request.method,
    origin: url.origin,
    path: url.pathname,
    query: query(url.search),
    headers: [...request.headers].filter(([name]) => !own.includes(name)),
    body: Buffer.from(await request.arrayBuffer()).toString('hex'),
  };
}

describe.each(FRONTS)('$name', (front) => {
  const keepsOne = front.name === KEEPS_ONE;
  /** Values a name: a front groups them, so only the order within a name is kept. */
  const grouped = (search: string): unknown => {
    const found = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(search.replaceAll('+', '%2B')))
      found.set(name, keepsOne ? [value] : [...(found.get(name) ?? []), value]);
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  };

  test('an event of a request becomes that request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ path, pairs, headers, body, method, host, scheme }) => {
        const search = pairs.map(([name, value]) => `${name}=${value}`).join('&');
        const bodied = body !== undefined && !['GET', 'HEAD'].includes(method);
        const make = (): Request =>
          new Request(`${scheme}://${host}${path}${search === '' ? '' : `?${search}`}`, {
            method,
            headers,
            ...(bodied && { body: Buffer.from(body) }),
          });
        const event = JSON.parse(JSON.stringify(await front.toEvent(make()))) as unknown;
        expect(await spell(toRequest(event), grouped)).toEqual(await spell(make(), grouped));
      }),
      { numRuns: 150 },
    );
  });

  const responses = fc.record({
    status: fc.constantFrom(200, 201, 204, 302, 304, 400, 404, 500, 503),
    type: fc.constantFrom(
      'text/plain',
      'application/json; charset=utf-8',
      'image/png',
      'text/html;charset=iso-8859-1',
      '',
    ),
    encoding: fc.constantFrom('', '', 'gzip', 'identity'),
    cookies: fc.uniqueArray(
      fc.constantFrom('a=1', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'c=3; HttpOnly', 'd='),
      {
        maxLength: 4,
      },
    ),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    ),
  });

  test('a result of a response becomes that response', async () => {
    const event = await front.toEvent(new Request('https://api.example/'));
    await fc.assert(
      fc.asyncProperty(responses, async ({ status, type, encoding, cookies, body }) => {
        const make = (): Response => {
          const empty = [204, 304].includes(status);
          const response = new Response(empty ? null : Buffer.from(body), { status });
          if (type !== '') response.headers.set('content-type', type);
          if (encoding !== '') response.headers.set('content-encoding', encoding);
          for (const cookie of cookies) response.headers.append('set-cookie', cookie);
          return response;
        };
        const result = JSON.parse(JSON.stringify(await toResult(make(), event))) as Awaited<
          ReturnType<typeof toResult>
        >;
        const [there, back] = [make(), front.toResponse(result)];
        expect(back.status).toBe(there.status);
        expect([...back.headers]).toEqual([...there.headers]);
        expect(Buffer.from(await back.arrayBuffer())).toEqual(Buffer.from(await there.arrayBuffer()));
      }),
      { numRuns: 150 },
    );
  });
});
