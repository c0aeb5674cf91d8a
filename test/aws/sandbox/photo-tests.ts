import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../core/json.ts';
import { tableOn } from '../../../handlers/aws/resources/table.ts';
import { SETTINGS as CLIENT } from '../../../handlers/aws/sandbox/emulators.ts';
import { blackPng } from '../../apps/photo-files.ts';
import { post, request } from '../../conformance/apps-site.ts';
import { until } from '../../support/server.ts';
import { PATIENCE } from './opened.ts';
import { json, type ServedApps } from './served-apps.ts';

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

/** What there is of photos on AWS beside the questions that every room is asked. */
export function photoTests(at: () => ServedApps): void {
  describe('photos', () => {
    const create = (bytes: number): Promise<Created> =>
      json(post(at().site, '/photos', { title: 'A picture', type: 'image/png', bytes }));
    const put = ({ upload: { url, method, headers } }: Created, bytes: Uint8Array<ArrayBuffer>) =>
      fetch(url, { method, headers, body: bytes });
    const owned = ({ owner }: Created, init: RequestInit = {}): RequestInit => ({
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${owner}` },
    });
    const see = (created: Created): Promise<Seen> => json(request(at().site, `/photos/${created.id}`, owned(created)));
    const in_ = (created: Created, ...states: readonly string[]): Promise<Seen> =>
      until(async () => {
        const seen = await see(created);
        return states.includes(seen.state) ? seen : undefined;
      });
    const bytesOf = (file: Buffer) => new Uint8Array(file);
    const objectsOf = async ({ id }: Created) => {
      const keys = [
        ...(await at().keysIn('SKEIN_BUCKET_PHOTO_UPLOADS')),
        ...(await at().keysIn('SKEIN_BUCKET_PHOTO_PICTURES')),
      ];
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
        const { items } = await json<{ items: readonly { id: string }[] }>(request(at().site, '/photos'));
        expect(items.map(({ id }) => id)).toContain(created.id);
        const kept = await until(async () => {
          const keys = await objectsOf(created);
          return keys.length === 3 ? keys : undefined;
        });
        expect(kept.map((key) => key.split('/').at(-1))).toEqual(['medium', 'thumbnail', 'webp']);
        const removed = await request(at().site, `/photos/${created.id}`, owned(created, { method: 'DELETE' }));
        expect(removed.status).toBe(204);
        expect(await objectsOf(created)).toEqual([]);
        expect((await request(at().site, `/photos/${created.id}`)).status).toBe(404);
        expect((await request(at().site, `/photos/${created.id}/webp`)).status).toBe(404);
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
        const Bucket = at().deployed('SKEIN_BUCKET_PHOTO_UPLOADS');
        await at().served.room.cloud.own.s3.send(new PutObjectCommand({ Bucket, Key: 'stray', Body: 'x' }));
        await until(async () =>
          (await at().keysIn('SKEIN_BUCKET_PHOTO_UPLOADS', 'stray')).length === 0 ? true : undefined,
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
        const [api] = at().served.room.cloud.deployment.apis.filter(({ name }) => name.endsWith('photos'));
        expect(api?.origins).toHaveLength(2);
        const local = at().served.url.replace('127.0.0.1', 'photos.localhost');
        for (const origin of [at().served.url, local, api?.origins[1] ?? '']) {
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
        const elsewhere = [at().served.url.replace('127.0.0.1', 'poll.localhost'), 'https://example.com', 'null'];
        for (const origin of elsewhere) expect([origin, (await preflight(origin)).status]).toEqual([origin, 403]);
        expect((await preflight(at().served.url, 'GET')).status).toBe(403);
        expect((await preflight(at().served.url, 'PUT', 'content-type, x-amz-acl')).status).toBe(403);
        expect((await preflight(at().served.url, 'PATCH')).status).toBe(400);
        const other = new URL(upload.url);
        other.pathname = `/${at().deployed('SKEIN_BUCKET_PHOTO_PICTURES')}/x`;
        const closed = await fetch(other, {
          method: 'OPTIONS',
          headers: { origin: 'https://example.com', 'access-control-request-method': 'PUT' },
        });
        expect(closed.status).toBe(403);

        const from = (origin: string) => ({ ...upload, headers: { ...upload.headers, origin } });
        const refused = await put(
          { ...rest, upload: from(at().served.url) },
          png.subarray(1) as Uint8Array<ArrayBuffer>,
        );
        expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, at().served.url]);
        const done = await put({ ...rest, upload: from('https://example.com') }, png);
        expect([done.status, done.headers.get('access-control-allow-origin')]).toEqual([200, null]);
        await in_({ ...rest, upload }, 'published');
      },
      PATIENCE,
    );

    test(
      'what a cancelled run left is swept, and what is at work is let be',
      async () => {
        const sweep = at().deployed('SKEIN_QUEUE_SKEIN_PHOTO_SWEEP');
        const sweeper = [...at().served.room.pools.values()].find(({ spec }) => spec.name.endsWith('on-photo-sweep'))
          ?.spec.arn;
        const [schedule] = at().served.room.cloud.deployment.schedules;
        const swept = async (): Promise<void> => {
          const count = () => at().served.room.calls.get(sweeper ?? '')?.count ?? 0;
          const before = count();
          await at().sendTo(sweep, JSON.parse(schedule?.input.replace(/<[^>]+>/, new Date().toISOString()) ?? '{}'));
          await until(async () => (count() > before ? true : undefined));
        };
        const dynamodb = new DynamoDBClient({ ...CLIENT, endpoint: at().served.room.cloud.gate.address });
        const album = tableOn(dynamodb, at().deployed('SKEIN_TABLE_PHOTO_ALBUM'));
        const go = at().stopped('step-photo-inspect');
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
          expect((await at().manage(`/runs/photo-${created.id}/cancel`, { method: 'POST' })).status).toBe(202);
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
        const { id } = await json<{ id: string }>(at().manage('/workflows/photo/runs', init));
        const over = await until(async () => {
          const status = await json<{ status: string; output: Json }>(at().manage(`/runs/${id}`));
          return status.status === 'running' ? undefined : status;
        });
        expect([over.status, over.output]).toEqual(['succeeded', { state: 'deleted' }]);
      },
      PATIENCE,
    );
  });
}
