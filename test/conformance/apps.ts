import type { Json } from '../../core/json.ts';
import type { RunStatus } from '../../core/workflow/runs.ts';
import { photoQuestions } from './apps-photos.ts';
import {
  answerOf,
  found,
  hashOf,
  over,
  post,
  type Question,
  request,
  type Site,
  start,
  stepsOf,
  withKey,
  withoutTimes,
} from './apps-site.ts';

const LAB = [
  '/numericalintegralservice/0/3.14159',
  '/numericalintegralservice/-2/1.5/',
  '/api/numericalintegralservice/0/1',
  '/integral?lower=0&upper=10',
  '/numericalintegral/5/1?rule=left',
  '/api/integrate?lower=0&upper=3.14159',
  '/api/calculate_integral?a=0&b=1&n=10',
  '/numericalintegralservice/0/nothing',
  '/api/integrate?lower=0',
];

const INTEGRALS: readonly Json[] = [
  { f: 'exp(-x^2)', variables: { x: ['-inf', 'inf'] } },
  { f: 'x*y', variables: { x: [0, 1], y: [0, 2] }, relTol: 1e-9 },
  { f: 'x +', variables: { x: [0, 1] } },
  { f: 'x' },
];

const TEXTS: Readonly<Record<string, string>> = {
  'fable.txt': 'A crow sat on a branch.\nA fox, below, said: "Sing!"\r\nThe crow sang; the cheese fell.\n',
  'naïve words/ünï.txt': 'Straße straße STRASSE\tı İ i I\n\n  x-ray x ray 42 4-2\n',
  'long.txt': Array.from({ length: 2_000 }, (_, i) => `word${i % 97} and ${i % 13} more`).join('\n'),
};

const NUMBERS = [
  [4, 5, 2],
  [1],
  ['123456789012345678901234567890', -7, 0, 0],
  Array.from({ length: 101 }, (_, i) => (i * 37) % 101),
];

export const questions: readonly Question[] = [
  ...LAB.map((path): Question => ({ title: `integral: GET ${path}`, ask: (site) => answerOf(request(site, path)) })),
  ...INTEGRALS.map(
    (body): Question => ({
      title: `integral: POST /integrals ${JSON.stringify(body)}`,
      ask: (site) => answerOf(post(site, '/integrals', body)),
    }),
  ),
  ...['T1', 'T2', 'T3'].map(
    (tokenizer): Question => ({
      title: `word-count: ${tokenizer}`,
      ask: async (site) => {
        const prefix = `asked/${tokenizer}/`;
        for (const [name, text] of Object.entries(TEXTS)) {
          const path = `/buckets/corpus/${[...prefix.split('/').filter(Boolean), ...name.split('/')].map(encodeURIComponent).join('/')}`;
          const put = await request(site, path, withKey(site, { method: 'PUT', body: text }));
          if (put.status !== 201) throw new Error(`${path}: ${put.status} ${await put.text()}`);
        }
        const input = { prefix, tokenizer, splits: 5, reducers: 3 };
        const id = `asked-${tokenizer}`;
        const started = await start(site, 'word-count', input, id);
        const again = await start(site, 'word-count', input, id);
        const other = await start(site, 'word-count', { ...input, splits: 4 }, id);
        const { status, progress, error } = await over(site, id);
        const result = await request(site, `/word-count/${id}/result`, withKey(site));
        return {
          ...{ started, again, other, status, progress: { ...progress }, error: (error ?? null) as Json },
          steps: await stepsOf(site, id),
          type: result.headers.get('content-type'),
          hash: hashOf(await result.text()),
        };
      },
    }),
  ),
  {
    title: 'word-count: of a text that the page sends, started as the lab does',
    ask: async (site) => {
      const headers = { 'content-type': 'text/plain' };
      const sent = await request(site, '/word-count/texts?tokenizer=T2', {
        method: 'POST',
        headers,
        body: 'to be or not to be',
      });
      const { id, resultUrl, statusUrl } = (await sent.json()) as { id: string; resultUrl: string; statusUrl: string };
      await over(site, id);
      const signed = await request(site, statusUrl);
      const result = await request(site, resultUrl);
      const { status } = (await signed.json()) as RunStatus;
      return { sent: sent.status, signed: signed.status, status, counts: await result.text() };
    },
  },
  ...NUMBERS.map(
    (numbers): Question => ({
      title: `statistics: of ${numbers.length}`,
      ask: async (site) => {
        const asked = await post(site, '/statistics', { numbers });
        const { answerUrl } = (await asked.json()) as { answerUrl: string };
        const done = await found(async () => {
          const answer = await request(site, answerUrl);
          return answer.status === 202 ? undefined : answer;
        });
        return { asked: asked.status, answer: await withoutTimes(done) };
      },
    }),
  ),
  { title: 'statistics: of no number', ask: (site) => answerOf(post(site, '/statistics', { numbers: [] })) },
  { title: 'poll: from its creation to its end', ask: poll },
  ...photoQuestions,
  {
    title: 'management: without the key',
    ask: async (site) => {
      const paths = ['/runs', '/buckets/corpus', '/queues', '/polls'];
      return Promise.all(paths.map((path) => answerOf(request(site, path))));
    },
  },
  {
    title: 'management: objects',
    ask: async (site) => {
      const path = '/buckets/corpus/asked-objects/one';
      const put = await request(site, path, withKey(site, { method: 'PUT', body: 'twelve bytes' }));
      const part = await request(site, path, withKey(site, { headers: { range: 'bytes=2-4' } }));
      const same = await request(
        site,
        path,
        withKey(site, { headers: { 'if-none-match': put.headers.get('etag') ?? '' } }),
      );
      const list = await request(site, '/buckets/corpus?prefix=asked-objects/', withKey(site));
      const { items } = (await list.json()) as { items: { key: string; size: number }[] };
      return {
        put: put.status,
        part: [part.status, part.headers.get('content-range'), await part.text()],
        same: same.status,
        items: items.map(({ key, size }) => [key, size]),
      };
    },
  },
  {
    title: 'a browser that logs in',
    ask: async (site) => {
      const form = new URLSearchParams({ key: site.key });
      const login = await request(site, '/login', { method: 'POST', body: form, redirect: 'manual' });
      const cookie = login.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, '=…'));
      const session = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const home = await request(site, '/', { headers: { cookie: session } });
      return { status: login.status, cookie, home: home.status, sees: (await home.text()).includes('word-count') };
    },
  },
  {
    title: 'pages and files',
    ask: async (site) => {
      const paths = [
        '/',
        '/apps/integral',
        '/apps/word-count',
        '/apps/statistics',
        '/apps/poll',
        '/skein.css',
        '/nothing',
      ];
      const shown = await Promise.all(
        paths.map(async (path) => {
          const answer = await request(site, path);
          return [path, answer.status, answer.headers.get('content-type'), hashOf(await answer.text())] as Json;
        }),
      );
      const head = await request(site, '/', { method: 'HEAD' });
      return { shown, head: [head.status, await head.text()] };
    },
  },
];

async function poll(site: Site): Promise<Json> {
  const created = await post(site, '/polls', { title: 'Tea?', options: ['green', 'black', 'none'] });
  const { id, owner } = (await created.json()) as { id: string; owner: string };
  const voter = async (): Promise<string> =>
    ((await (await post(site, `/polls/${id}/voters`, {})).json()) as { voter: string }).voter;
  const vote = async (who: string, option: number): Promise<number> =>
    (await post(site, `/polls/${id}/votes`, { voter: who, option })).status;
  const voters = await Promise.all(Array.from({ length: 5 }, voter));
  const votes = await Promise.all(voters.map((who, i) => vote(who, 1 + (i % 2))));
  const changed = await vote(voters[0] ?? '', 3);
  const twice = await vote(voters[1] ?? '', 2);
  const forged = await vote('nobody', 1);
  const foreign = await request(site, `/polls/${id}/close`, { method: 'POST' });
  const closed = await request(site, `/polls/${id}/close`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner}` },
  });
  const late = await vote(voters[2] ?? '', 1);
  const read = await request(site, `/polls/${id}`);
  const etag = read.headers.get('etag') ?? '';
  const same = await request(site, `/polls/${id}`, { headers: { 'if-none-match': etag } });
  return {
    ...{ created: created.status, votes, changed, twice, forged, late, same: same.status },
    foreign: await answerOf(Promise.resolve(foreign)),
    closed: await withoutTimes(closed),
    read: await withoutTimes(read),
  };
}
