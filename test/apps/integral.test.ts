import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import integral from '../../apps/integral/index.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { fixture } from '../support/fixtures.ts';

let room: Dev;
beforeAll(async () => {
  room = await open(integral);
});
afterAll(() => room.close());

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  room.fetch(new Request(`http://room${path}`, init));

const NAMES = ['/numericalintegralservice', '/integral', '/numericalintegral', '/api/numericalintegralservice'];

async function json(path: string, init?: RequestInit): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await ask(path, init);
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}

const post = (body: unknown) =>
  json('/integrals', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const refusal = (field: string) => ({
  status: 400,
  type: 'application/problem+json',
  body: expect.objectContaining({ code: 'InvalidInput', field }),
});

test.each([
  ...NAMES.flatMap((name) => [`${name}/0/3.14159`, `${name}/0/3.14159/`, `${name}?lower=0&upper=3.14159`]),
  ...NAMES.map((name) => `${name}/?lower=0&upper=3.14159`),
  '/api/integrate?lower=0&upper=3.14159',
  '/api/integrate/?lower=0.0&upper=314159e-5',
  '/api/calculate_integral?a=0&b=3.14159',
  '/integral/0/3.14159?rule=midpoint',
  '/integral/-0.0/+3.14159',
])('GET %s gives seven rows in the order of the lab', async (path) => {
  const { status, body } = await json(path);
  expect(status).toBe(200);
  const { results, ...rest } = body as { results: { n: number; value: number }[] };
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the handout's own bound
  expect(rest).toEqual({ lower: 0, upper: 3.14159, rule: 'midpoint' });
  expect(results.map(({ n }) => n)).toEqual([10, 100, 100, 1000, 10_000, 100_000, 1_000_000]);
  expect(results[0]!.value).toBeCloseTo(2.0082483939, 10);
  expect(results[1]).toEqual(results[2]);
});

test('the left rule, negative and reversed bounds, one row', async () => {
  expect(await json('/integral/0/3.14159?rule=left')).toMatchObject({ body: { rule: 'left' } });
  expect(await json('/api/calculate_integral?a=-1e-3&b=.5&n=1')).toMatchObject({
    body: { lower: -0.001, upper: 0.5, results: [{ n: 1, value: expect.closeTo(0.501 * Math.sin(0.2495), 12) }] },
  });
  expect(await json('/api/calculate_integral?a=3&b=0&n=10')).toMatchObject({
    body: { results: [{ value: expect.closeTo(-1.9975, 2) }] },
  });
});

test.each([
  ['lower', '/integral'],
  ['upper', '/integral/0'],
  ['upper', '/integral/?lower=1'],
  ['lower', '/integral/NaN/1'],
  ['upper', '/integral/0/Infinity'],
  ['upper', '/integral/0/1e999'],
  ['lower', '/integral/0x10/1'],
  ['lower', '/integral/1,5/2'],
  ['upper', '/integral/0/1_000'],
  ['upper', '/integral/0/%201'],
  ['upper', '/integral/0/%zz'],
  ['upper', '/integral/0/%F0%9F%98%80'],
  ['upper', `/integral/0/${'1'.repeat(41)}`],
  ['upper', '/integral/-1e308/1e308'],
  ['lower', '/integral/0/1?lower=0'],
  ['lower', '/api/integrate?lower=&upper=1'],
  ['lower', '/api/integrate?lower=0&lower=0&upper=1'],
  ['rule', '/integral/0/1?rule=right'],
  ['rule', '/integral/0/1?rule='],
  ['rule', '/integral/0/1?rule=left&rule=left'],
  ['rule', '/integral/0/1?rule=constructor'],
  ['a', '/api/calculate_integral?b=1'],
  ['b', '/api/calculate_integral?a=1&b=x'],
  ['n', '/api/calculate_integral?a=0&b=1&n=0'],
  ['n', '/api/calculate_integral?a=0&b=1&n=-5'],
  ['n', '/api/calculate_integral?a=0&b=1&n=1.5'],
  ['n', '/api/calculate_integral?a=0&b=1&n=1e3'],
  ['n', '/api/calculate_integral?a=0&b=1&n=10000001'],
  ['n', '/api/calculate_integral?a=0&b=1&n='],
])('a bad %s is refused by name: %s', async (field, path) => {
  expect(await json(path)).toEqual(refusal(field));
});

test('POST /integrals', async () => {
  expect(await post({ f: 'x^2', variables: { x: [0, 3] } })).toMatchObject({
    status: 200,
    body: { value: expect.closeTo(9, 10), converged: true },
  });
  expect(await post({ f: 'exp(-t^2)', variables: { t: ['-inf', 'inf'] } })).toMatchObject({
    body: { value: expect.closeTo(Math.sqrt(Math.PI), 10), converged: true },
  });
  const tuned = { f: 'abs(y-0.3)', variables: { y: [1, 0] }, relTol: 1e-12, absTol: 1e-14, breakpoints: [0.3] };
  expect(await post(tuned)).toMatchObject({ body: { value: expect.closeTo(-0.29, 14), converged: true } });
});

test('what JSON has no word for is null, and converged says so', async () => {
  expect(await post({ f: '1/x', variables: { x: [0, 1] } })).toMatchObject({
    body: { value: expect.any(Number), error: null, converged: false },
  });
  expect(await post({ f: 'sqrt(x)', variables: { x: [-1, 1] } })).toMatchObject({
    body: { value: null, error: null, converged: false },
  });
});

test('the work of a request is bounded, more so for a long expression', async () => {
  const wave = await post({ f: 'sin(1e9*x)^2', variables: { x: [0, 1] } });
  expect(wave).toMatchObject({ body: { converged: false } });
  expect((wave.body as { evaluations: number }).evaluations).toBeLessThan(2.1e6);
  const long = await post({ f: `${'sin(1e9*x)+'.repeat(40)}1`, variables: { x: [0, 1] } });
  expect((long.body as { evaluations: number }).evaluations).toBeLessThan(3e5);
});

test.each<[field: string, body: unknown]>([
  ['body', '{'],
  ['f', ''],
  ['body', 'null'],
  ['body', '[]'],
  ['body', '"x"'],
  ['f', {}],
  ['f', { f: 1, variables: { x: [0, 1] } }],
  ['f', { f: 'x.y', variables: { x: [0, 1] } }],
  ['f', { f: 'y', variables: { x: [0, 1] } }],
  ['f', { f: 'x'.repeat(501), variables: { x: [0, 1] } }],
  ['variables', { f: 'x' }],
  ['variables', { f: 'x', variables: {} }],
  ['variables', { f: 'x*y', variables: { x: [0, 1], y: [0, 1] } }],
  ['variables', { f: '1', variables: { 'x y': [0, 1] } }],
  ['variables', '{"f":"1","variables":{"__proto__":[0,1]}}'],
  ['variables', '{"f":"x","variables":{"x":[0,1],"__proto__":[0,1]}}'],
  ['variables.x', { f: 'x', variables: { x: [0] } }],
  ['variables.x', { f: 'x', variables: { x: [0, 1, 2] } }],
  ['variables.x.0', { f: 'x', variables: { x: ['Infinity', 1] } }],
  ['variables.x.1', { f: 'x', variables: { x: [0, '1'] } }],
  ['body', '{"f":"x","variables":{"x":[0,1e999]}}'],
  ['variables.x.1', { f: 'x', variables: { x: ['inf', 'inf'] } }],
  ['relTol', { f: 'x', variables: { x: [0, 1] }, relTol: -1 }],
  ['relTol', { f: 'x', variables: { x: [0, 1] }, relTol: '1e-3' }],
  ['absTol', { f: 'x', variables: { x: [0, 1] }, absTol: null }],
  ['breakpoints', { f: 'x', variables: { x: [0, 1] }, breakpoints: Array(101).fill(0.5) }],
  ['breakpoints.1', { f: 'x', variables: { x: [0, 1] }, breakpoints: [0.5, 'a'] }],
  ['breakpoints.0', { f: 'x', variables: { x: [0, 1] }, breakpoints: [7] }],
  ['parts', { f: 'x', variables: { x: [0, 1] }, parts: 4 }],
  ['__proto__', '{"f":"x","variables":{"x":[0,1]},"__proto__":{"converged":true}}'],
])('a bad %s is refused by name: %j', async (field, body) => {
  expect(await post(body)).toEqual(refusal(field));
});

test('more than one variable: says that one is supported for now', async () => {
  const { body } = await post({ f: 'x*y', variables: { x: [0, 1], y: [0, 1] } });
  expect(body).toMatchObject({ detail: 'variables: exactly one variable is supported for now, got 2' });
});

test('the page: labelled, without inline script or style, and it answers without a script', async () => {
  const response = await ask('/apps/integral');
  const page = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).not.toMatch(/<style|style=|<script>|\son\w+=/);
  expect(page.match(/<label>/g)).toHaveLength(page.match(/<(input|select)\b/g)!.length);
  expect(page.match(/<tr>/g)).toHaveLength(8);

  const summed = await (await ask('/apps/integral?lower=0&upper=3.14159&rule=left')).text();
  expect(summed).toContain('1.98352314856146');
  const found = await (await ask('/apps/integral?f=x%5E2&from=0&to=3')).text();
  expect(found).toContain('<dd>9</dd>');
});

test('the page escapes what it repeats and says what was refused', async () => {
  const page = await (await ask('/apps/integral?f=%22%3E%3Cb%3E&from=0&to=%3Ci%3E')).text();
  expect(page).not.toMatch(/<b>|<i>/);
  expect(page).toMatch(/class="alarm"/);
  expect(page).toMatch(/name="to"[^>]*aria-invalid="true"/);
});

test('style and script come from routes of their own', async () => {
  const style = await ask('/apps/integral/style.css');
  const script = await ask('/apps/integral/page.js');
  expect(style.headers.get('content-type')).toMatch(/^text\/css/);
  expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
  const text = await script.text();
  expect(() => new Function(text)).not.toThrow();
});

const file = fixture('quadrature/lab-riemann-abs-sin.json');
const title = file === undefined ? 'SKIPPED lab sums: set SKEIN_FIXTURES to the folder with quadrature/' : 'lab sums';

describe.skipIf(file === undefined)(title, () => {
  const rows: { a: number; b: number; N: number; left: string; mid: string }[] =
    file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'));
  test('has rows', () => expect(rows.length).toBeGreaterThan(0));

  test.each(rows)('[$a, $b] with N = $N', async ({ a, b, N, left, mid }) => {
    for (const [rule, expected] of [
      ['left', left],
      ['midpoint', mid],
    ]) {
      const { body } = await json(`/numericalintegralservice/${a}/${b}?rule=${rule}`);
      const { results } = body as { results: { n: number; value: number }[] };
      const value = results.find(({ n }) => n === N)!.value;
      expect(Math.abs(value / Number(expected) - 1)).toBeLessThan(1e-12);
    }
  });
});
