import { beforeAll, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});

interface Sums {
  readonly lower: number;
  readonly upper: number;
  readonly rule: string;
  readonly results: { readonly n: number; readonly value: number }[];
}

/** The lab's values for [0, 3.14159], to the ten digits that it prints. */
const TABLE = {
  midpoint: [2.0082483939, 2.0000822489, 2.0000822489, 2.0000008225, 2.0000000082, 2.0000000001, 2],
  left: [1.9835231486, 1.9998354625, 1.9998354625, 1.9999983509, 1.9999999831, 1.9999999998, 2],
};
const N = [10, 100, 100, 1000, 10_000, 100_000, 1_000_000];

describe('integral', () => {
  test.each([
    '/numericalintegralservice/0/3.14159',
    '/numericalintegralservice/0.0/3.14159/',
    '/numericalintegralservice?lower=0&upper=3.14159',
    '/integral/0/3.14159',
    '/integral?lower=0&upper=3.14159',
    '/numericalintegral/0/3.14159',
    '/api/numericalintegralservice/0/3.14159',
    '/api/numericalintegralservice?lower=0&upper=3.14159',
    '/api/integrate?lower=0&upper=3.14159',
    '/api/calculate_integral?a=0&b=3.14159',
  ])('A1: GET %s', async (path) => {
    for (const rule of [undefined, 'midpoint', 'left'] as const) {
      const query = rule === undefined ? '' : `${path.includes('?') ? '&' : '?'}rule=${rule}`;
      const response = await server.request(path + query);
      expect(response.status).toBe(200);
      const sums = (await response.json()) as Sums;
      expect(Object.keys(sums)).toEqual(['lower', 'upper', 'rule', 'results']);
      expect([sums.lower, sums.upper, sums.rule]).toEqual([0, Number('3.14159'), rule ?? 'midpoint']);
      expect(sums.results.map(({ n }) => n)).toEqual(N);
      sums.results.forEach(({ value }, row) => expect(value).toBeCloseTo(TABLE[rule ?? 'midpoint'][row]!, 9));
    }
  });

  test('A1: bounds may be negative; n= gives that row alone', async () => {
    const { results } = (await (await server.request('/integral/-3.14159/0')).json()) as Sums;
    expect(results[0]?.value).toBeCloseTo(2.0082483939, 9);
    const one = (await (await server.request('/api/calculate_integral?a=0&b=3.14159&n=10')).json()) as Sums;
    expect(one.results.map(({ n }) => n)).toEqual([10]);
    const wrong = await server.request('/integral/0/x');
    expect([wrong.status, ((await wrong.json()) as { field: string }).field]).toEqual([400, 'upper']);
  });

  test('A2: POST /integrals', async () => {
    const integral = async (body: unknown) => {
      const response = await server.request('/integrals', { method: 'POST', body: JSON.stringify(body) });
      expect(response.status).toBe(200);
      return (await response.json()) as { value: number; error: number; evaluations: number; converged: boolean };
    };
    const square = await integral({ f: 'x^2', variables: { x: [0, 3] } });
    expect(square).toEqual({
      value: square.value,
      error: square.error,
      evaluations: square.evaluations,
      converged: true,
    });
    expect(square.value).toBeCloseTo(9, 9);
    expect(square.evaluations).toBeGreaterThan(0);
    const bell = await integral({ f: 'exp(-x^2)', variables: { x: ['-inf', 'inf'] }, relTol: 1e-9, absTol: 1e-9 });
    expect(bell.value).toBeCloseTo(Math.sqrt(Math.PI), 8);
    const kink = await integral({ f: 'abs(x - 1)', variables: { x: [0, 3] }, breakpoints: [1] });
    expect(kink.value).toBeCloseTo(2.5, 9);
    const wrong = await server.request('/integrals', { method: 'POST', body: '{"f":"x^^2","variables":{"x":[0,1]}}' });
    expect([wrong.status, ((await wrong.json()) as { field: string }).field]).toEqual([400, 'f']);
  });
});

describe('word count', () => {
  const TEXTS = { 'one.txt': "The bee's knees\r\nthe BEE, the é-bee\n", 'two.txt': 'a\tbee 42 bees\n\n - The end' };
  const COUNTS = {
    T1: (text: string) => text.split(/[ \t\n\v\f\r]+/),
    T2: (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).split(/[^a-z]+/),
    T3: (text: string) =>
      text
        .toLowerCase()
        .split(/\s+/)
        .map((word) => word.replace(/[^\p{L}\p{N}]/gu, '')),
  };

  test.each(['T1', 'T2', 'T3'] as const)('A3: a word count with %s', async (tokenizer) => {
    for (const [name, text] of Object.entries(TEXTS))
      await server.withKey(`/buckets/corpus/${tokenizer}/${name}`, { method: 'PUT', body: text });
    const input = { prefix: `${tokenizer}/`, tokenizer, splits: 3, reducers: 2 };
    const { id } = await server.start('word-count', input);
    expect((await server.over(id)).status).toBe('succeeded');
    const result = await server.withKey(`/word-count/${id}/result`);
    expect(result.status).toBe(200);
    expect(await result.text()).toBe(expected(Object.values(TEXTS), COUNTS[tokenizer]));
  });

  test.each([
    ['GET', '/api/orchestrators/word-count'],
    ['POST', '/api/orchestrators/word-count'],
    ['GET', '/api/mapreduce'],
    ['POST', '/api/mapreduce'],
  ])('A4: %s %s answers 202 with a status URL', async (method, path) => {
    const response = await server.withKey(`${path}?prefix=none/`, { method });
    expect(response.status).toBe(202);
    const { id, statusUrl } = (await response.json()) as { id: string; statusUrl: string };
    expect(await (await fetch(statusUrl)).json()).toMatchObject({ id, workflow: 'word-count' });
    await server.over(id);
  });
});

function expected(texts: readonly string[], words: (text: string) => string[]): string {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap(words)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([word, count]) => `${word}\t${count}\n`)
    .join('');
}
