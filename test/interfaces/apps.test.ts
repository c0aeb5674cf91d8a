import { beforeAll, describe, expect, test } from 'vitest';
import { smallJpeg } from '../apps/photo-files.ts';
import { sharing } from '../apps/photo-sharing.ts';
import { type Server, startServer, until } from '../support/server.ts';

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

describe('poll', () => {
  interface Poll {
    readonly id: string;
    readonly owner: string;
    readonly url: string;
  }
  const post = (path: string, body: unknown = {}, token = ''): Promise<Response> =>
    server.request(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    });
  const create = async (): Promise<Poll> =>
    (await (await post('/polls', { title: 'Tea?', options: ['Yes', 'No'] })).json()) as Poll;
  const become = async (id: string): Promise<string> =>
    ((await (await post(`/polls/${id}/voters`)).json()) as { voter: string }).voter;

  test('A7: a poll', async () => {
    const { id, owner, url } = await create();
    expect((await fetch(url)).headers.get('content-type')).toMatch(/^text\/html/);
    const read = (headers: Record<string, string> = {}) => server.request(`/polls/${id}`, { headers });
    const first = await read();
    const shown = (await first.json()) as { createdAt: string };
    const options = [
      { id: 1, text: 'Yes', votes: 0 },
      { id: 2, text: 'No', votes: 0 },
    ];
    expect(shown).toEqual({ id, title: 'Tea?', state: 'open', votes: 0, options, createdAt: shown.createdAt });
    expect((await read({ 'if-none-match': first.headers.get('etag')! })).status).toBe(304);
    const owned = (method: string, path = '', body?: unknown) =>
      server.request(`/polls/${id}${path}`, {
        method,
        headers: { authorization: `Bearer ${owner}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    expect(await (await owned('PATCH', '', { title: 'Coffee?' })).json()).toMatchObject({ title: 'Coffee?', options });
    expect(await (await owned('POST', '/close')).json()).toMatchObject({ state: 'closed' });
    expect(await (await owned('POST', '/open')).json()).toMatchObject({ state: 'open' });
    expect((await post(`/polls/${id}/votes`, { voter: await become(id), option: 1 })).status).toBe(200);
    expect((await owned('PATCH', '', { options: ['Other', 'ones'] })).status).toBe(409);
    expect((await owned('DELETE')).status).toBe(204);
    expect((await read()).status).toBe(404);
  });

  test('A8: a vote', async () => {
    const [{ id, owner }, other] = [await create(), await create()];
    const voter = await become(id);
    const vote = (option: number, poll = id) => post(`/polls/${poll}/votes`, { voter, option });
    for (const option of [1, 1, 2]) expect(await (await vote(option)).json()).toEqual({ option });
    expect((await vote(1, other.id)).status).toBe(401);
    const closed = await post(`/polls/${id}/close`, {}, owner);
    expect(await closed.json()).toMatchObject({ votes: 1, options: [{ votes: 0 }, { votes: 1 }] });
    expect((await vote(1)).status).toBe(409);
    const many = await Promise.all(
      Array.from({ length: 20 }, () => post(`/polls/${other.id}/votes`, { voter, option: 1 })),
    );
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([401]));
    const keen = await become(other.id);
    const answers: Response[] = [];
    for (let n = 0; n < 20; n++) answers.push(await post(`/polls/${other.id}/votes`, { voter: keen, option: 1 }));
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('A9: live results', async () => {
    const { id, owner } = await create();
    await post(`/polls/${id}/close`, {}, owner);
    const text = await (await server.request(`/polls/${id}/live`)).text();
    const data = await (await server.request(`/polls/${id}`)).text();
    expect(text).toContain(`event: results\n`);
    expect(text).toContain(`data: ${data}\n\n`);
    expect(text.endsWith('event: closed\ndata: {}\n\n')).toBe(true);
  });
});

describe('photos', () => {
  test('A10: a photo', async () => {
    const { create, put, over, remove } = sharing(server.request);
    const jpeg = await smallJpeg();
    const created = await create(jpeg.length);
    expect(Object.keys(created)).toEqual(['id', 'owner', 'url', 'upload']);
    expect(Object.keys(created.upload)).toEqual(['url', 'method', 'headers', 'expiresAt']);
    expect((await put(created, jpeg)).status).toBe(201);
    expect((await over(created)).state).toBe('published');
    const { owner, ...second } = await create(4, 'image/png', 'No picture', created.owner);
    expect(owner).toBe(created.owner);
    await put({ ...second, owner }, Buffer.from('none'));
    expect(await over({ ...second, owner })).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('JPEG'),
    });
    expect((await remove(created.id, owner)).status).toBe(204);
  });

  test('A11: the gallery', async () => {
    const { share, gallery } = sharing(server.request);
    const { id } = await share(await smallJpeg());
    const [photo] = await gallery();
    const shape = ['id', 'title', 'createdAt', 'state', 'width', 'height', 'variants'];
    expect([photo?.id, Object.keys(photo ?? {})]).toEqual([id, shape]);
    expect(Object.keys(photo?.variants ?? {}).sort()).toEqual(['medium', 'thumbnail', 'webp']);
    for (const { url, type } of Object.values(photo?.variants ?? {}))
      expect((await fetch(url)).headers.get('content-type')).toBe(type);
  });
});

describe('statistics', () => {
  const id = async (init: RequestInit): Promise<string> => {
    const response = await server.request('/statistics', { method: 'POST', ...init });
    expect(response.status).toBe(202);
    const accepted = (await response.json()) as { id: string; answerUrl: string };
    expect(accepted).toEqual({ id: accepted.id, answerUrl: `${server.url}/statistics/${accepted.id}` });
    return accepted.id;
  };
  const answer = (of: string): Promise<unknown> =>
    until(async () => {
      const response = await server.request(`/statistics/${of}`);
      if (response.status === 200) return response.json();
      expect([response.status, response.headers.get('retry-after')]).toEqual([202, '1']);
      expect(await response.json()).toEqual({ id: of, status: 'pending' });
      return undefined;
    });
  const ANSWER = {
    numbers: ['4', '5', '2', '35', '2452'],
    count: 5,
    min: '2',
    max: '2452',
    median: '5',
    mean: '499.6',
  };

  test('A5: POST /statistics takes a list, as JSON or as a form', async () => {
    const asForm = await id({ body: new URLSearchParams({ numbers: '4, 5, 2, 35, 2452' }) });
    expect(await answer(asForm)).toEqual({ id: asForm, status: 'done', ...ANSWER, rounded: false });
    const wrong = await server.request('/statistics', { method: 'POST', body: '{"numbers":[1,"x"]}' });
    expect([wrong.status, ((await wrong.json()) as { field: string }).field]).toEqual([400, 'numbers.1']);
  });

  test('A6: GET /statistics/{id} gives the answer to this request', async () => {
    const mine = await id({ body: '{"numbers":[4, "5", 2, 35, 2452]}' });
    const other = await id({ body: '{"numbers":[1, 1, 2]}' });
    expect(await answer(mine)).toEqual({ id: mine, status: 'done', ...ANSWER, rounded: false });
    expect(await answer(other)).toMatchObject({ id: other, median: '1', mean: '1.3333333333', rounded: true });
    expect((await server.request(`/statistics/${crypto.randomUUID()}`)).status).toBe(404);
  });

  test('A6: each operation is an object of statistics-log', async () => {
    const mine = await id({ body: '{"numbers":[9007199254740993]}' });
    const said = (await answer(mine)) as object;
    expect(said).toMatchObject({ mean: '9007199254740993' });
    const { items } = await server.json<{ items: { key: string }[] }>('/buckets/statistics-log');
    const [{ key = '' } = {}, ...others] = items.filter((item) => item.key.includes(mine));
    expect([key.replace(/^\d{4}-\d\d-\d\d/, ''), others]).toEqual([`/${mine}.json`, []]);
    const logged = await server.json<{ askedAt: string }>(`/buckets/statistics-log/${key}`);
    expect(logged).toEqual({ ...said, askedAt: logged.askedAt });
    expect(logged.askedAt.slice(0, 10)).toBe(key.slice(0, 10));
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
