import { existsSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../../apps/index.ts';
import type { Json } from '../../../core/json.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { tableOn } from '../../../handlers/aws/resources/table.ts';
import { SETTINGS as CLIENT } from '../../../handlers/aws/sandbox/emulators.ts';
import { queuesOf } from '../../../handlers/aws/sandbox/in-process/deploy.ts';
import { type Served, serve } from '../../../handlers/aws/sandbox/serve.ts';
import { blackPng } from '../../apps/photo-files.ts';
import { questions } from '../../conformance/apps.ts';
import { post, request, type Site, withKey } from '../../conformance/apps-site.ts';
import { ROOT, startServer, until } from '../../support/server.ts';
import { hasSandboxes, PATIENCE, packaged, SANDBOXES_WANTED } from './opened.ts';
import { readTemplate, unusedOf } from './role-use.ts';

const KEY = 'key-of-both-rooms-which-is-long-enough';
const MODULE = 'apps/index.ts';
const there = existsSync(`${ROOT}/handlers/local/dev.ts`);
const wanted = [...(hasSandboxes ? [] : [SANDBOXES_WANTED]), ...(there ? [] : ['handlers/local'])].join(', and ');

describe.skipIf(wanted !== '')(`the apps as they are packaged${wanted && ` SKIPPED: ${wanted}`}`, () => {
  let folder: string;
  let served: Served;
  let site: Site;
  let local: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    [folder, local] = await Promise.all([packaged(MODULE), startServer({ env: { SKEIN_ADMIN_KEY: KEY } })]);
    served = await serve(apps, { folder, root: ROOT, module: MODULE, port: 0, adminKey: KEY });
    site = { url: served.url, key: KEY };
  }, PATIENCE);
  afterAll(async () => {
    await Promise.all([served?.close(), local?.stop()]);
  }, PATIENCE);

  const manage = (path: string, init: RequestInit = {}) => request(site, path, withKey(site, init));
  const json = async <T>(answer: Promise<Response>): Promise<T> => (await answer).json() as T;
  /** Under which name something is deployed: functions have it in their environment. */
  const deployed = (variable: string): string => {
    const found = served.room.cloud.deployment.functions.find(({ env }) => env[variable] !== undefined);
    return found?.env[variable] ?? `no function has ${variable}`;
  };
  const keysIn = async (bucket: string, prefix = ''): Promise<readonly string[]> => {
    const { Contents = [] } = await served.room.cloud.own.s3.send(
      new ListObjectsV2Command({ Bucket: deployed(bucket), Prefix: prefix }),
    );
    return Contents.map(({ Key = '' }) => Key);
  };
  const sendTo = (QueueUrl: string, body: unknown) =>
    served.room.cloud.own.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));

  /** Has the sandboxes of a function stand still. @returns what lets them go on. */
  const stopped = (name: string): (() => void) => {
    const pool = [...served.room.pools.values()].find(({ spec }) => spec.name.endsWith(name));
    const pids = [...(pool?.pids ?? [])];
    if (pids.length === 0) throw new Error(`no sandbox of ${name} is up`);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    };
  };

  test.each(questions.map((question) => [question.title, question] as const))(
    '%s',
    async (title, { ask }) => {
      const [here, at] = [await ask({ url: local.url, key: KEY }), await ask(site)];
      expect(alike(title, at)).toEqual(alike(title, here));
    },
    PATIENCE,
  );

  describe('photos', () => {
    interface Created {
      readonly id: string;
      readonly owner: string;
      readonly upload: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
    }
    interface Seen {
      readonly state: string;
      readonly reason?: string;
      readonly progress?: Json;
    }
    const create = (bytes: number): Promise<Created> =>
      json(post(site, '/photos', { title: 'A picture', type: 'image/png', bytes }));
    const put = ({ upload: { url, method, headers } }: Created, bytes: Uint8Array<ArrayBuffer>) =>
      fetch(url, { method, headers, body: bytes });
    const owned = ({ owner }: Created, init: RequestInit = {}): RequestInit => ({
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${owner}` },
    });
    const see = (created: Created): Promise<Seen> => json(request(site, `/photos/${created.id}`, owned(created)));
    const in_ = (created: Created, ...states: readonly string[]): Promise<Seen> =>
      until(async () => {
        const seen = await see(created);
        return states.includes(seen.state) ? seen : undefined;
      });
    const bytesOf = (file: Buffer) => new Uint8Array(file);
    const objectsOf = async ({ id }: Created) => {
      const keys = [...(await keysIn('SKEIN_BUCKET_PHOTO_UPLOADS')), ...(await keysIn('SKEIN_BUCKET_PHOTO_PICTURES'))];
      return keys.filter((key) => key.includes(id));
    };
    const png = bytesOf(blackPng(640, 480));

    test(
      'a picture is uploaded in its size alone, is shown, and nothing is left of it when it is deleted',
      async () => {
        const created = await create(png.byteLength);
        expect((await put(created, png.subarray(1) as Uint8Array<ArrayBuffer>)).status).toBe(403);
        expect((await put(created, png)).status).toBe(200);
        await in_(created, 'published');
        const { items } = await json<{ items: readonly { id: string }[] }>(request(site, '/photos'));
        expect(items.map(({ id }) => id)).toContain(created.id);
        const kept = await until(async () => {
          const keys = await objectsOf(created);
          return keys.length === 3 ? keys : undefined;
        });
        expect(kept.map((key) => key.split('/').at(-1))).toEqual(['medium', 'thumbnail', 'webp']);
        const removed = await request(site, `/photos/${created.id}`, owned(created, { method: 'DELETE' }));
        expect(removed.status).toBe(204);
        expect(await objectsOf(created)).toEqual([]);
        expect((await request(site, `/photos/${created.id}`)).status).toBe(404);
        expect((await request(site, `/photos/${created.id}/webp`)).status).toBe(404);
      },
      PATIENCE,
    );

    test(
      'what is no picture, or has too many pixels, is refused, and nothing is left of it; so is what nobody asked for',
      async () => {
        const hostile = [Buffer.from('GIF89a, and then nothing'), blackPng(17_000, 17_000)];
        for (const file of hostile) {
          const created = await create(file.byteLength);
          await put(created, bytesOf(file));
          expect((await in_(created, 'refused', 'published')).reason).toMatch(/damaged|too large|no JPEG/);
          await until(async () => ((await objectsOf(created)).length === 0 ? true : undefined));
        }
        const Bucket = deployed('SKEIN_BUCKET_PHOTO_UPLOADS');
        await served.room.cloud.own.s3.send(new PutObjectCommand({ Bucket, Key: 'stray', Body: 'x' }));
        await until(async () =>
          (await keysIn('SKEIN_BUCKET_PHOTO_UPLOADS', 'stray')).length === 0 ? true : undefined,
        );
      },
      PATIENCE,
    );

    test(
      'a page of the app may upload, as the rules of the packaged bucket say; no other page may',
      async () => {
        const { upload, ...rest } = await create(png.byteLength);
        const preflight = (origin: string, method = 'PUT', headers = 'content-type') =>
          fetch(upload.url, {
            method: 'OPTIONS',
            headers: {
              origin,
              'access-control-request-method': method,
              ...(headers !== '' && { 'access-control-request-headers': headers }),
            },
          });
        const [api] = served.room.cloud.deployment.apis.filter(({ name }) => name.endsWith('photos'));
        expect(api?.origins).toHaveLength(2);
        const local = served.url.replace('127.0.0.1', 'photos.localhost');
        for (const origin of [served.url, local, api?.origins[1] ?? '']) {
          const allowed = await preflight(origin);
          expect([origin, allowed.status]).toEqual([origin, 200]);
          expect(Object.fromEntries(allowed.headers)).toMatchObject({
            'access-control-allow-origin': origin,
            'access-control-allow-methods': 'PUT',
            'access-control-allow-headers': 'content-type',
            'access-control-max-age': '3600',
            vary: expect.stringContaining('Origin'),
          });
        }
        const elsewhere = [served.url.replace('127.0.0.1', 'poll.localhost'), 'https://example.com', 'null'];
        for (const origin of elsewhere) expect([origin, (await preflight(origin)).status]).toEqual([origin, 403]);
        expect((await preflight(served.url, 'GET')).status).toBe(403);
        expect((await preflight(served.url, 'PUT', 'content-type, x-amz-acl')).status).toBe(403);
        expect((await preflight(served.url, 'PATCH')).status).toBe(400);
        const other = new URL(upload.url);
        other.pathname = `/${deployed('SKEIN_BUCKET_PHOTO_PICTURES')}/x`;
        const closed = await fetch(other, {
          method: 'OPTIONS',
          headers: { origin: 'https://example.com', 'access-control-request-method': 'PUT' },
        });
        expect(closed.status).toBe(403);

        const from = (origin: string) => ({ ...upload, headers: { ...upload.headers, origin } });
        const refused = await put({ ...rest, upload: from(served.url) }, png.subarray(1) as Uint8Array<ArrayBuffer>);
        expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, served.url]);
        const done = await put({ ...rest, upload: from('https://example.com') }, png);
        expect([done.status, done.headers.get('access-control-allow-origin')]).toEqual([200, null]);
        await in_({ ...rest, upload }, 'published');
      },
      PATIENCE,
    );

    test(
      'what a cancelled run left is swept, and what is at work is let be',
      async () => {
        const sweep = deployed('SKEIN_QUEUE_SKEIN_PHOTO_SWEEP');
        const sweeper = [...served.room.pools.values()].find(({ spec }) => spec.name.endsWith('on-photo-sweep'))?.spec
          .arn;
        const [schedule] = served.room.cloud.deployment.schedules;
        const swept = async (): Promise<void> => {
          const count = () => served.room.calls.get(sweeper ?? '')?.count ?? 0;
          const before = count();
          await sendTo(sweep, JSON.parse(schedule?.input.replace(/<[^>]+>/, new Date().toISOString()) ?? '{}'));
          await until(async () => (count() > before ? true : undefined));
        };
        const dynamodb = new DynamoDBClient({ ...CLIENT, endpoint: served.room.cloud.gate.address });
        const album = tableOn(dynamodb, deployed('SKEIN_TABLE_PHOTO_ALBUM'));
        const go = stopped('step-photo-inspect');
        try {
          const created = await create(png.byteLength);
          await put(created, png);
          await in_(created, 'checking');
          const { progress } = await until(async () => {
            const seen = await see(created);
            return seen.progress === undefined ? undefined : seen;
          });
          expect(progress).toEqual({ done: 0, total: 6 });
          const { items } = await album.query('photos', { prefix: 'owned/', limit: 1000 });
          const { partition = '', id = '' } = items.find((one) => one.id.endsWith(created.id)) ?? {};
          // As if all this had been two hours ago.
          await album.update({ partition, id }, { since: new Date(Date.now() - 7_200_000).toISOString() });
          await swept();
          expect((await see(created)).state).toBe('checking');
          expect((await manage(`/runs/photo-${created.id}/cancel`, { method: 'POST' })).status).toBe(202);
          await swept();
          expect(await see(created)).toMatchObject({ state: 'refused', reason: expect.stringContaining('our side') });
        } finally {
          go();
          dynamodb.destroy();
        }
      },
      PATIENCE,
    );

    test(
      'management starts a run, which ends where there is no such picture',
      async () => {
        const input = { owner: 'o'.repeat(43), id: 'nobody', etag: 'e', size: 1 };
        const init = { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } };
        const { id } = await json<{ id: string }>(manage('/workflows/photo/runs', init));
        const over = await until(async () => {
          const status = await json<{ status: string; output: Json }>(manage(`/runs/${id}`));
          return status.status === 'running' ? undefined : status;
        });
        expect([over.status, over.output]).toEqual(['succeeded', { state: 'deleted' }]);
      },
      PATIENCE,
    );
  });

  test(
    'a message that no consumer can read is a dead letter at once, which management shows and puts back',
    async () => {
      for (const queue of ['statistics-requests', 'statistics-responses']) {
        await sendTo(deployed(variableOf(queue)), { poison: queue });
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
      const Bucket = deployed('SKEIN_BUCKET_PHOTO_UPLOADS');
      const [{ input = '' } = {}] = served.room.cloud.deployment.schedules;
      await sendTo(
        deployed('SKEIN_DEAD_QUEUE_SKEIN_PHOTO_SWEEP'),
        JSON.parse(input.replace(/<[^>]+>/, '2026-01-01T00:17:00Z')),
      );
      await sendTo(deployed('SKEIN_DEAD_QUEUE_SKEIN_PHOTO_ARRIVAL'), {
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
      const go = stopped('on-photo-arrival');
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
      const go = stopped('step-GetInputData');
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
    const { denied, roles } = served.room.cloud.gate;
    expect(denied).toEqual([]);
    const { idle } = unusedOf(apps, readTemplate(folder), roles.values());
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
