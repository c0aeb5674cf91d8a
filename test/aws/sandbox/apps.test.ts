import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../../apps/index.ts';
import type { Json } from '../../../core/json.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { queuesOf } from '../../../handlers/aws/sandbox/in-process/deploy.ts';
import { questions } from '../../conformance/apps.ts';
import { ROOT, until } from '../../support/server.ts';
import { hasSandboxes, PATIENCE, SANDBOXES_WANTED } from './opened.ts';
import { photoTests } from './photo-tests.ts';
import { readTemplate, unusedOf } from './role-use.ts';
import { json, openServedApps, type ServedApps } from './served-apps.ts';

const there = existsSync(`${ROOT}/handlers/local/dev.ts`);
const wanted = [...(hasSandboxes ? [] : [SANDBOXES_WANTED]), ...(there ? [] : ['handlers/local'])].join(', and ');

describe.skipIf(wanted !== '')(`the apps as they are packaged${wanted && ` SKIPPED: ${wanted}`}`, () => {
  let at: ServedApps;
  beforeAll(async () => {
    at = await openServedApps();
  }, PATIENCE);
  afterAll(() => at?.close(), PATIENCE);
  const manage: ServedApps['manage'] = (...request) => at.manage(...request);

  test.each(questions.map((question) => [question.title, question] as const))(
    '%s',
    async (title, { ask }) => {
      const [here, there] = [await ask(at.local), await ask(at.site)];
      expect(alike(title, there)).toEqual(alike(title, here));
    },
    PATIENCE,
  );

  photoTests(() => at);

  test(
    'a message that no consumer can read is a dead letter at once, which management shows and puts back',
    async () => {
      for (const queue of ['statistics-requests', 'statistics-responses']) {
        await at.sendTo(at.deployed(variableOf(queue)), { poison: queue });
        const dead = await until(async () => {
          const { items } = await json<{ items: readonly Json[] }>(manage(`/queues/${queue}/dead`));
          return items.length > 0 ? items : undefined;
        });
        expect(dead).toMatchObject([{ message: { poison: queue }, error: { name: 'InvalidInput' } }]);
        expect(await json(manage(`/queues/${queue}/redrive`, { method: 'POST' }))).toEqual({ redriven: 1 });
      }
    },
    PATIENCE,
  );

  test(
    'management reaches all that the apps keep: also what their routes do not use',
    async () => {
      const names = [...declared('queue')].sort();
      const { items } = await json<{ items: readonly { name: string; dead: number }[] }>(manage('/queues'));
      expect(items.map(({ name }) => name).sort()).toEqual(names);
      // What SQS gave up on is there as its senders sent it.
      const Bucket = at.deployed('SKEIN_BUCKET_PHOTO_UPLOADS');
      const [{ input = '' } = {}] = at.served.room.cloud.deployment.schedules;
      await at.sendTo(
        at.deployed('SKEIN_DEAD_QUEUE_SKEIN_PHOTO_SWEEP'),
        JSON.parse(input.replace(/<[^>]+>/, '2026-01-01T00:17:00Z')),
      );
      await at.sendTo(at.deployed('SKEIN_DEAD_QUEUE_SKEIN_PHOTO_ARRIVAL'), {
        Records: [
          {
            ...{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' },
            s3: { bucket: { name: Bucket }, object: { key: 'given-up', size: 1, eTag: 'e', sequencer: '00' } },
          },
        ],
      });
      for (const queue of ['skein-photo-sweep', 'skein-photo-arrival']) {
        const dead = await json<{ items: readonly Json[] }>(manage(`/queues/${queue}/dead`));
        expect([queue, dead.items.length]).toEqual([queue, 1]);
        expect(await json(manage(`/queues/${queue}/redrive`, { method: 'POST' }))).toEqual({ redriven: 1 });
      }
      // Of what nobody asked to upload the app itself gets rid.
      const go = at.stopped('on-photo-arrival');
      for (const bucket of declared('bucket')) {
        const path = `/buckets/${bucket}/asked%20by/management`;
        expect((await manage(path, { method: 'PUT', body: 'some bytes' })).status).toBe(201);
        expect((await manage(path, { method: 'HEAD' })).status).toBe(200);
        expect(await (await manage(path, { headers: { range: 'bytes=5-' } })).text()).toBe('bytes');
        const list = await json<{ items: readonly { key: string }[] }>(manage(`/buckets/${bucket}?prefix=asked%20by`));
        expect(list.items.map(({ key }) => key)).toEqual(['asked by/management']);
        expect((await manage(path, { method: 'DELETE' })).status).toBe(204);
        expect((await manage(path)).status).toBe(404);
      }
      go();
      for (const path of ['/queues/nobody/dead', '/buckets/nobody']) expect((await manage(path)).status).toBe(404);
    },
    PATIENCE,
  );

  test(
    'a run can be cancelled, and what is not there is not found',
    async () => {
      const input = { prefix: 'nobody/', tokenizer: 'T1' };
      const init = { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } };
      const go = at.stopped('step-GetInputData');
      const { id } = await json<{ id: string }>(manage('/workflows/word-count/runs', init));
      expect((await manage(`/runs/${id}/cancel`, { method: 'POST' })).status).toBe(202);
      go();
      expect(await json(manage(`/runs/${id}`))).toMatchObject({ status: 'cancelled' });
      const { items } = await json<{ items: { id: string }[] }>(manage('/runs'));
      expect(items.map((one) => one.id)).toContain(id);
      for (const path of ['/runs/nobody', '/word-count/nobody/result', '/statistics/nobody', '/polls/nobody'])
        expect([path, (await manage(path)).status]).toEqual([path, 404]);
    },
    PATIENCE,
  );

  test('roles: nothing that was asked for is missing, and nothing is over but what is of a mode', () => {
    const { denied, roles } = at.served.room.cloud.gate;
    expect(denied).toEqual([]);
    const { idle } = unusedOf(apps, readTemplate(at.folder), roles.values());
    expect(idle).toEqual([]);
  });
});

function variableOf(queue: string): string {
  return `SKEIN_QUEUE_${queue.toUpperCase().replaceAll('-', '_')}`;
}

function declared(kind: 'bucket' | 'queue'): readonly string[] {
  const keeps = { bucket: declaredResources(apps, 'bucket').keys(), queue: queuesOf(apps).map(({ name }) => name) };
  return [...keeps[kind]];
}

/** An app is alone at its host on AWS, and so is its home page: all others have to be the same. */
function alike(title: string, answer: Json): Json {
  if (title !== 'pages and files') return answer;
  const { shown, ...rest } = answer as unknown as { shown: readonly (readonly Json[])[]; head: Json };
  return { ...rest, shown: shown.map((one) => (one[0] === '/' ? one.slice(0, -1) : [...one])) };
}
