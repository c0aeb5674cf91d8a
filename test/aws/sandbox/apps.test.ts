import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../../apps/index.ts';
import integral from '../../../apps/integral/index.ts';
import { makeKeyring } from '../../../core/http/keyring.ts';
import { site } from '../../../core/http/site.ts';
import { asking, expectedAnswer } from '../../apps/statistics-asking.ts';
import { countWords } from '../../support/count-words.ts';
import { until } from '../../support/server.ts';
import { hasSandboxes, type Opened, openPackaged, PATIENCE, packaged, SANDBOXES_WANTED } from './opened.ts';

const wanted = hasSandboxes ? '' : ` SKIPPED: ${SANDBOXES_WANTED}`;
const ROUTES = [
  '/numericalintegralservice/0/3.14159',
  '/numericalintegralservice/0/3.14159/',
  '/api/numericalintegralservice/-1.5/2',
  '/integral/0/1',
  '/numericalintegral/0/1',
  '/api/integrate?lower=0&upper=3.14159',
  '/api/calculate_integral?a=0&b=3.14159&n=1000',
  '/numericalintegralservice/0/3.14159?rule=left',
  '/numericalintegralservice/nothing/1',
];

describe.skipIf(!hasSandboxes)(`the apps as they are packaged${wanted}`, () => {
  let opened: Opened;
  beforeAll(async () => {
    const folder = await packaged('apps/index.ts');
    opened = await openPackaged(apps, folder, { secrets: new Map([['poll-key', 'k'.repeat(43)]]) });
  }, PATIENCE);
  afterAll(() => opened?.room.close());

  const post = (app: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    opened.ask(app, path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  test.each(ROUTES)(
    'integral: %s is answered as in one process',
    async (path) => {
      const here = site({
        apps: [integral],
        ...{
          runs: {} as never,
          keyring: await makeKeyring('k'.repeat(40)),
          client: () => ({}),
          report: () => undefined,
        },
      });
      const [there, local] = await Promise.all([opened.ask('integral', path), here.request(path)]);
      const plain = (text: string): string => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
      expect([there.status, plain(await there.text())]).toEqual([local.status, plain(await local.text())]);
      expect(there.headers.get('content-type')).toBe(local.headers.get('content-type'));
    },
    PATIENCE,
  );

  test(
    'integral: an integral of an expression is answered',
    async () => {
      const answer = await post('integral', '/integrals', { f: 'exp(-x^2)', variables: { x: ['-inf', 'inf'] } });
      const { value, converged } = (await answer.json()) as { value: number; converged: boolean };
      expect([answer.status, converged]).toEqual([200, true]);
      expect(value).toBeCloseTo(Math.sqrt(Math.PI), 10);
    },
    PATIENCE,
  );

  test(
    'word count: the result is what the reference counts',
    async () => {
      const folder = join(import.meta.dirname, '../../../apps/word-count/sample');
      const texts = Object.fromEntries(
        readdirSync(folder).map((name) => [`sample/${name}`, readFileSync(join(folder, name))]),
      );
      for (const [key, body] of Object.entries(texts))
        expect((await opened.ask('word-count', `/buckets/corpus/${key}`, { method: 'PUT', body })).status).toBe(201);
      const input = { prefix: 'sample/', tokenizer: 'T3', splits: 5, reducers: 3 };
      const id = await opened.start('word-count', input);
      expect(await opened.over('word-count', id)).toMatchObject({ status: 'succeeded' });
      const result = await opened.ask('word-count', `/word-count/${id}/result`);
      const { result: counted } = await countWords(texts, { input });
      expect(await result.text()).toBe(counted.toString());
      expect(counted.toString().split('\n').length).toBeGreaterThan(50);
    },
    PATIENCE,
  );

  test(
    'statistics: answers come back through both queues',
    async () => {
      const { ask, answerOf } = asking((path, init) => opened.ask('statistics', path, init));
      const lists = [[3, 1, 2], ['9007199254740993', -5], Array.from({ length: 1_000 }, (_, n) => n * n)];
      const ids = await Promise.all(lists.map(ask));
      for (const [index, id] of ids.entries())
        expect(await answerOf(id)).toEqual(expectedAnswer(id, lists[index] ?? []));
    },
    PATIENCE,
  );

  test(
    'poll: a person has one vote, and it is counted',
    async () => {
      const { id } = (await (await post('poll', '/polls', { title: 'Tea?', options: ['Yes', 'No'] })).json()) as {
        id: string;
      };
      const people = await Promise.all(
        [0, 1, 2].map(async () => (await (await post('poll', `/polls/${id}/voters`, {})).json()) as { voter: string }),
      );
      const vote = (voter: string, option: number) => post('poll', `/polls/${id}/votes`, { voter, option });
      for (const [index, { voter }] of people.entries())
        expect((await vote(voter, index === 0 ? 2 : 1)).status).toBe(200);
      expect((await vote(people[0]?.voter ?? '', 2)).status).toBe(200);
      const shown = await until(async () => {
        const found = (await (await opened.ask('poll', `/polls/${id}`)).json()) as {
          votes: number;
          options: { votes: number }[];
        };
        return found.votes === 3 ? found : undefined;
      });
      expect(shown.options.map(({ votes }) => votes)).toEqual([2, 1]);
    },
    PATIENCE,
  );

  test(
    'every app has its page',
    async () => {
      for (const app of apps) {
        const page = await opened.ask(app.name, `/apps/${app.name}`);
        expect([app.name, page.status < 400]).toEqual([app.name, true]);
      }
    },
    PATIENCE,
  );

  test(
    'a run can be cancelled, and what is not there is not found',
    async () => {
      const id = await opened.start('word-count', { prefix: 'sample/', tokenizer: 'T1' });
      expect((await opened.ask('word-count', `/runs/${id}/cancel`, { method: 'POST' })).status).toBe(202);
      expect(await opened.over('word-count', id)).toMatchObject({ status: 'cancelled' });
      expect((await opened.ask('word-count', '/runs/nobody')).status).toBe(404);
      expect((await opened.ask('word-count', '/word-count/nobody/result')).status).toBe(404);
      expect((await opened.ask('statistics', '/statistics/nobody')).status).toBe(404);
      const { items } = (await (await opened.ask('word-count', '/runs')).json()) as { items: { id: string }[] };
      expect(items.map((one) => one.id)).toContain(id);
    },
    PATIENCE,
  );

  test('roles: nothing that was asked for is missing, and what nobody asked for is known', async () => {
    const { denied, roles } = opened.room.cloud.gate;
    expect(denied).toEqual([]);
    const unused = [...roles.values()].flatMap(({ function: name, granted, used }) =>
      granted.flatMap((grant) => (used.has(grant) ? [] : `${name} ${grant}`)),
    );
    expect(unused.filter((one) => MINE.test(one) && !UNUSED.some((known) => known.test(one)))).toEqual([]);
    // A reason that explains nothing any more is out of date.
    expect(UNUSED.filter((known) => !unused.some((one) => known.test(one)))).toEqual([]);
  });
});

/** Apps whose every path is gone in this file. */
const MINE = /^(Integral|WordCount|Statistics|SkeinControl)/;

/** What no path of the apps asks for: an access is granted by its mode, with all methods of it, and no app calls every one. */
const UNUSED: readonly RegExp[] = [
  // Deleting, and giving up an upload in parts, are of the mode `write` of a bucket; nothing here is deleted or so large.
  /^(WordCount|Statistics)\S+ s3:(DeleteObject|AbortMultipartUpload) on /,
  // A bucket is listed where its app lists it, or an object is not there: these are always there.
  /^WordCountHttp\S+ s3:ListBucket on \S+wordcountbucket$/,
  /^WordCountStepMapper\S+ s3:ListBucket on \S+corpusbucket$/,
  // Answers are created, each once, and read by their ids.
  /^Statistics\S+ dynamodb:(ConditionCheckItem|DeleteItem|Query|UpdateItem) on /,
  // No message failed, or was buried.
  /^StatisticsOn\S+ sqs:(ChangeMessageVisibility|SendMessage) on \S+-(requests|responses)(-dead)?$/,
  // Runs are taken back only where Step Functions refuses them; nobody waits in these workflows.
  /^(WordCountHttp|SkeinControl)\S+ dynamodb:(ConditionCheckItem|DeleteItem|UpdateItem) on \S+skeinrunstable$/,
  // No run of the photos was started.
  /^SkeinControl\S+ states:\w+ on \S+-photo:\*$/,
];
