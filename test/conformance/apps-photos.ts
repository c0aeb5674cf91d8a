import type { Json } from '../../core/json.ts';
import { blackPng, hugeGif, manyFramesGif, SVG, smallJpeg, smallPng } from '../apps/photo-files.ts';
import {
  answerOf,
  found,
  hashOf,
  post,
  type Question,
  request,
  type Site,
  withKey,
  withoutChanging,
} from './apps-site.ts';

interface Created {
  readonly id: string;
  readonly owner: string;
  readonly upload: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
}
type Photo = Readonly<Record<string, Json>>;

/** Files of strangers, each with the type that is declared. */
const FILES: Readonly<Record<string, readonly [type: string, make: () => Buffer | Promise<Buffer>]>> = {
  'no picture': ['image/png', () => Buffer.from('a picture')],
  'half a picture': ['image/png', () => blackPng(640, 480).subarray(0, -20)],
  'an SVG with external references': ['image/png', () => Buffer.from(SVG)],
  'a PNG of three million pixels a row': ['image/png', () => blackPng(3_000_000, 16)],
  'a PNG of 81 million pixels': ['image/png', () => blackPng(9_000, 9_000)],
  'a GIF of 65,535 pixels a side': ['image/gif', hugeGif],
  'a JPEG that is called a PNG': ['image/png', smallJpeg],
  'a GIF of a million frames': ['image/gif', manyFramesGif],
  'a picture with a page behind it': [
    'image/png',
    async () => Buffer.concat([await smallPng(), Buffer.from('<!doctype html><script>alert(1)</script>')]),
  ],
};

const ASKED: readonly Json[] = [
  {},
  { type: 'image/svg+xml', bytes: 9 },
  { type: 'image/png', bytes: 0 },
  { type: 'image/png', bytes: 20_971_521 },
  { type: 'image/png', bytes: 9, title: 'x'.repeat(101) },
  { type: 'image/png', bytes: 9, title: 'two\nlines' },
  { type: 'image/png', bytes: 9, owner: 'me' },
];

export const photoQuestions: readonly Question[] = [
  {
    title: 'photos: from the upload to the gallery',
    ask: async (site) => {
      const { created, photo } = await shared(site, 'Night', blackPng(640, 480));
      const { variants, ...shown } = (await (await request(site, `/photos/${created.id}`)).json()) as {
        variants: Readonly<Record<string, { url: string }>>;
      };
      const pictures = await Promise.all(
        Object.entries(variants).map(async ([name, { url, ...variant }]) => {
          const picture = await request(site, url);
          const bytes = Buffer.from(await picture.arrayBuffer());
          return [name, { ...variant }, picture.status, picture.headers.get('content-type'), hashOf(bytes)] as Json;
        }),
      );
      const listed = (await idsOf(site)).includes(created.id);
      return { state: photo.state ?? null, shown: withoutChanging(shown as unknown as Photo), pictures, listed };
    },
  },
  ...Object.entries(FILES).map(
    ([name, [type, make]]): Question => ({
      title: `photos: ${name}`,
      ask: async (site) => {
        const { created, photo } = await shared(site, name, await make(), type);
        const { state = null, reason = null, width = null, height = null } = photo;
        const shown = await request(site, `/photos/${created.id}`);
        await shown.body?.cancel();
        return { state, reason, width, height, shown: shown.status, listed: (await idsOf(site)).includes(created.id) };
      },
    }),
  ),
  ...ASKED.map(
    (body): Question => ({
      title: `photos: POST /photos ${JSON.stringify(body).slice(0, 80)}`,
      ask: (site) => answerOf(post(site, '/photos', body)),
    }),
  ),
  {
    title: 'photos: whoever is not the owner',
    ask: async (site) => {
      const { created } = await shared(site, 'Mine', await smallPng(), 'image/png');
      const waiting = await create(site, 'Waiting', 'image/png', 9);
      const { owner: stranger } = await create(site, 'Theirs', 'image/png', 9);
      const tries = [stranger, 'A'.repeat(22), 'forged'].flatMap((owner) =>
        [created.id, waiting.id].map((id) => remove(site, id, owner)),
      );
      const unseen = answerOf(request(site, `/photos/${waiting.id}`, bearer(stranger)));
      const down = answerOf(request(site, `/photos/${created.id}/take-down`, { method: 'POST' }));
      const answers = await Promise.all([...tries, unseen, down]);
      return { answers, after: await statusOf(site, `/photos/${created.id}`) };
    },
  },
  {
    title: 'photos: what its owner deletes, and what is taken down',
    ask: async (site) => {
      const paths = (id: string) => ['', '/thumbnail', '/medium', '/webp'].map((end) => `/photos/${id}${end}`);
      const states = (id: string) => Promise.all(paths(id).map((path) => statusOf(site, path)));
      const [mine, theirs] = await Promise.all(
        ['Mine', 'Theirs'].map(async (title) => (await shared(site, title, await smallPng())).created),
      );
      if (mine === undefined || theirs === undefined) throw new Error('two photos were shared');
      const before = [await states(mine.id), await states(theirs.id)];
      const deleted = [await remove(site, mine.id, mine.owner), await remove(site, mine.id, mine.owner)];
      const down = await statusOf(site, `/photos/${theirs.id}/take-down`, withKey(site, { method: 'POST' }));
      const after = [await states(mine.id), await states(theirs.id)];
      const listed = (await idsOf(site)).filter((id) => id === mine.id || id === theirs.id);
      return { before, deleted, down, after, listed };
    },
  },
  {
    title: 'photos: an upload by a request that was not signed so',
    ask: async (site) => {
      const body = new Uint8Array(await smallPng());
      const { id, owner, upload } = await create(site, 'Altered', 'image/png', body.byteLength);
      const other = await create(site, 'Other', 'image/png', body.byteLength);
      const { url, method, headers } = upload;
      const requests: readonly (readonly [url: string, init: RequestInit])[] = [
        [url.replace(id, other.id), { method, headers, body }],
        [url.replace(/\?.*/, ''), { method, headers, body }],
        [url.replace(/[^=&]{4}$/, 'AAAA'), { method, headers, body }],
        [url, { method: 'DELETE' }],
        [url, { method: 'GET' }],
      ];
      // Each store has its own words for it.
      const taken: boolean[] = [];
      for (const [url, init] of requests) {
        const answer = await request(site, url, init);
        await answer.body?.cancel();
        taken.push(answer.ok);
      }
      return { taken, state: (await seen(site, id, owner)).state ?? null };
    },
  },
];

const bearer = (owner: string): RequestInit => ({ headers: { authorization: `Bearer ${owner}` } });

async function statusOf(site: Site, path: string, init: RequestInit = {}): Promise<number> {
  const answer = await request(site, path, init);
  await answer.body?.cancel();
  return answer.status;
}

async function remove(site: Site, id: string, owner: string): Promise<Json> {
  const answer = await request(site, `/photos/${id}`, { method: 'DELETE', ...bearer(owner) });
  const body = await answer.text();
  return [answer.status, body === '' ? null : (JSON.parse(body) as { code: string }).code];
}

/** The newest published ones. */
async function idsOf(site: Site): Promise<string[]> {
  const { items } = (await (await request(site, '/photos')).json()) as { items: { id: string }[] };
  return items.map(({ id }) => id);
}

async function create(site: Site, title: string, type: string, bytes: number): Promise<Created> {
  return (await (await post(site, '/photos', { title, type, bytes })).json()) as Created;
}

/** As its owner sees it. */
async function seen(site: Site, id: string, owner: string): Promise<Photo> {
  return (await (await request(site, `/photos/${id}`, bearer(owner))).json()) as Photo;
}

/** Uploads a file. @returns also the photo as its owner sees it, when it is looked at. */
async function shared(
  site: Site,
  title: string,
  bytes: Buffer,
  type = 'image/png',
): Promise<{ readonly created: Created; readonly photo: Photo }> {
  const created = await create(site, title, type, bytes.length);
  const { url, method, headers } = created.upload;
  const sent = await request(site, url, { method, headers, body: new Uint8Array(bytes) });
  if (!sent.ok) throw new Error(`upload: ${sent.status} ${await sent.text()}`);
  const photo = await found(async () => {
    const photo = await seen(site, created.id, created.owner);
    return photo.state === 'waiting' || photo.state === 'checking' ? undefined : photo;
  });
  return { created, photo };
}
