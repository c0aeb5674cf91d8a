import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import type { SandboxRoom } from '../handlers/aws/sandbox/room.ts';
import { ask, ok, post, run } from './aws-asking.ts';

/** One use of an app. */
type Use = (room: SandboxRoom, index: number) => Promise<void>;
const TEXT = 'It was the best of times, it was the worst of times.\n'.repeat(200);

/** What people do with each app, by its name. */
export const USES: Readonly<Record<string, Use>> = {
  async integral(room) {
    await ok(ask(room, 'integral', '/numericalintegralservice/0/3.14159'));
  },
  async 'word-count'(room, index) {
    for (let text = 0; text < 4; text++)
      await ok(ask(room, 'word-count', `/buckets/corpus/${index}/${text}.txt`, { method: 'PUT', body: TEXT }));
    await run(room, 'word-count', 'word-count', { prefix: `${index}/`, tokenizer: 'T1' });
  },
  async statistics(room, index) {
    const { id } = (await (await ok(post(room, 'statistics', '/statistics', { numbers: [index, 2, 3] }))).json()) as {
      id: string;
    };
    while ((await ask(room, 'statistics', `/statistics/${id}`)).status === 202)
      await new Promise((later) => setTimeout(later, 250));
  },
  async 'poll with one vote'(room) {
    const { id } = (await (
      await ok(post(room, 'poll', '/polls', { title: 'Tea?', options: ['Yes', 'No'] }))
    ).json()) as {
      id: string;
    };
    const { voter } = (await (await ok(post(room, 'poll', `/polls/${id}/voters`, {}))).json()) as { voter: string };
    await ok(post(room, 'poll', `/polls/${id}/votes`, { voter, option: 1 }));
    await ok(ask(room, 'poll', `/polls/${id}`));
  },
  async photos(room) {
    const { id, owner, upload } = (await (
      await ok(send(room, '/photos', { type: 'image/jpeg', bytes: PICTURE.byteLength }))
    ).json()) as Upload;
    await ok(fetch(upload.url, { method: upload.method, headers: upload.headers, body: PICTURE }));
    const headers = { authorization: `Bearer ${owner}` };
    for (;;) {
      await new Promise((later) => setTimeout(later, 1_000));
      const { state } = (await (await ok(asVisitor(room, `/photos/${id}`, { headers }))).json()) as { state: string };
      if (state === 'published') break;
      if (state === 'refused') throw new Error('the picture was refused');
    }
    await ok(asVisitor(room, '/photos'));
    await asVisitor(room, `/photos/${id}/thumbnail`);
  },
};

interface Upload {
  readonly id: string;
  readonly owner: string;
  readonly upload: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
}

/** Noise, of half a megabyte. */
const PICTURE = await sharp(randomBytes(900 * 700 * 3), { raw: { width: 900, height: 700, channels: 3 } })
  .jpeg({ quality: 80 })
  .toBuffer();

/** Without the admin key. */
function asVisitor(room: SandboxRoom, path: string, init: RequestInit = {}): Promise<Response> {
  return room.fetch('photos', new Request(new URL(path, 'http://127.0.0.1:3000'), init));
}

function send(room: SandboxRoom, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return asVisitor(room, path, { method: 'POST', body: JSON.stringify(body), headers });
}
