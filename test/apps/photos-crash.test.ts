import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import photos from '../../apps/photos/index.ts';
import { album, pictures, uploads, VARIANTS } from '../../apps/photos/resources.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { ROOT, startServer, temporary, until } from '../support/server.ts';
import { smallJpeg } from './photo-files.ts';
import { type Created, ORIGIN, type Seen, sharing, sharingIn } from './photo-sharing.ts';

/** 1 kills at every operation; the usual run leaves some out, by turns from day to day. */
const STRIDE = Number(process.env.PHOTOS_STRIDE ?? 3);

/** All that is kept of photos, whatever its state. */
async function kept(room: Dev) {
  const clients = room.clients({ album: album.read, uploads: uploads.read, pictures: pictures.read });
  const keys = async (which: 'uploads' | 'pictures') => (await clients[which].list()).items.map(({ key }) => key);
  const documents = (await clients.album.query('photos')).items;
  return { documents, uploads: await keys('uploads'), pictures: await keys('pictures') };
}

/** Nothing is under way any more. */
async function settle(room: Dev): Promise<void> {
  const headers = { authorization: `Bearer ${room.adminKey}` };
  const ask = async <T>(path: string): Promise<T[]> =>
    ((await (await room.fetch(new Request(ORIGIN + path, { headers }))).json()) as { items: T[] }).items;
  await until(async () => {
    const { uploads } = await kept(room);
    const queues = await ask<{ ready: number; inFlight: number; dead: number }>('/queues');
    const waiting = queues.reduce((sum, { ready, inFlight, dead }) => sum + ready + inFlight + dead, uploads.length);
    const running = await ask('/runs?status=running');
    return waiting + running.length === 0 || undefined;
  });
}

/** Kills a server at the k-th operation of a target, while a picture is shared. @returns whether it came so far. */
async function killedAt(target: string, k: number, bytes: Buffer, expected: Seen['state']): Promise<boolean> {
  const data = temporary();
  const env = { SKEIN_TEST: '1', SKEIN_FAULT: `${target}:${k}:kill` };
  const server = await startServer({ module: join(ROOT, 'apps/photos/index.ts'), data, env });
  const { create, put, over } = sharing(server.request);
  let created: Created | undefined;
  let accepted = false;
  const work = async (): Promise<void> => {
    created = await create(bytes.length);
    accepted = (await put(created, bytes)).status === 201;
    await over(created);
  };
  const ended = server.ended.then(() => true);
  // Whoever was cut off does not know how far it came.
  const done = work().then(
    () => false,
    () => ended,
  );
  const killed = await Promise.race([ended, done]);
  if (!killed) await server.kill();

  const room = await open(photos, { data, env: {} });
  try {
    await settle(room);
    const { documents, pictures } = await kept(room);
    const seen = created && (await sharingIn(room).see(created));
    if (accepted) expect(seen?.state, `${target} ${k}`).toBe(expected);
    const published = documents.some(({ id }) => id.startsWith('shown/'));
    expect(published, `${target} ${k}`).toBe(seen?.state === 'published');
    const names = pictures.map((key) => key.split('/').pop());
    expect(names, `${target} ${k}`).toEqual(published ? VARIANTS.toSorted() : []);
  } finally {
    await room.close();
  }
  return killed;
}

describe('killed at any operation, a picture is published whole or cleaned up whole', () => {
  for (const target of ['journal', 'table', 'bucket', 'queue'])
    for (const expected of ['published', 'refused'] as const)
      it(`${target}, ${expected}`, { timeout: 600_000 }, async () => {
        const jpeg = await smallJpeg();
        const bytes = expected === 'published' ? jpeg : jpeg.subarray(0, jpeg.length - 20);
        let k = 1;
        for (; await killedAt(target, k, bytes, expected); k += STRIDE);
        expect(k).toBeGreaterThan(STRIDE);
      });
});
