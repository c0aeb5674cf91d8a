import { png } from './png.ts';
import { type Memory, parsed, walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

interface Asked {
  readonly id: string;
  readonly owner?: string;
  readonly url: string;
  readonly upload: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}
interface Photo {
  readonly state: 'waiting' | 'checking' | 'published' | 'refused';
  readonly reason?: string;
  readonly width?: number;
  readonly height?: number;
  readonly variants?: Readonly<Record<string, { readonly url: string; readonly type: string; readonly width: number }>>;
}
type State = 'gallery' | 'ask' | 'upload' | 'watch' | 'see' | 'remove';

/** One upload of four is no picture, and must be refused. */
const BROKEN = 0.25;

/** A user looks at the gallery, uploads a picture or something broken, watches what becomes of it, looks at it, and may delete it. */
export const { arrive, decide, stays } = walk<State>({
  first: 'gallery',
  chain: {
    gallery: { ask: 0.7, gallery: 0.1 },
    ask: { upload: 1 },
    upload: { watch: 1 },
    watch: { watch: 1 },
    see: { remove: 0.3, gallery: 0.3 },
    remove: { gallery: 0.3 },
  },
  next(memory, state) {
    if (state === 'ask') return memory.asked === undefined ? false : 'upload';
    if (state !== 'watch') return undefined;
    const { state: now } = (memory.photo ?? {}) as Partial<Photo>;
    if (now === 'published') return 'see';
    return now === 'refused' ? 'remove' : now === undefined ? false : 'watch';
  },
  steps: {
    gallery: () => ({
      path: '/photos',
      check(status, body) {
        const page = parsed<{ items: readonly Photo[] }>(200, status, body);
        if (typeof page === 'string') return page;
        return page.items.every(({ state }) => state === 'published') ? undefined : 'a photo that is not published';
      },
    }),
    ask(memory) {
      memory.broken = Math.random() < BROKEN;
      memory.size = [64 + Math.floor(Math.random() * 400), 64 + Math.floor(Math.random() * 400)];
      memory.file = fileOf(memory);
      memory.asked = undefined;
      memory.photo = undefined;
      return {
        method: 'POST',
        path: '/photos',
        headers: { 'content-type': 'application/json', ...ownerOf(memory) },
        body: JSON.stringify({ title: 'From the lab', type: 'image/png', bytes: (memory.file as Buffer).length }),
        check(status, body) {
          const told = parsed<Asked>(201, status, body);
          if (typeof told === 'string') return told;
          memory.asked = told;
          memory.owner ??= told.owner;
          return told.upload === undefined ? 'no upload' : undefined;
        },
      };
    },
    upload(memory) {
      const { upload } = memory.asked as Asked;
      return {
        method: upload.method,
        path: upload.url,
        headers: upload.headers,
        body: memory.file as Buffer,
        check: (status) => (status === 200 || status === 201 ? undefined : `status ${status}`),
      };
    },
    watch: (memory) => ({
      path: `/photos/${(memory.asked as Asked).id}`,
      headers: ownerOf(memory),
      check(status, body) {
        const photo = parsed<Photo>(200, status, body);
        if (typeof photo === 'string') return photo;
        memory.photo = photo;
        return impossible(photo, memory);
      },
    }),
    see(memory) {
      const { variants = {} } = memory.photo as Photo;
      return {
        path: Object.values(variants)[0]?.url ?? '/photos/none',
        check: (status, body) => (status === 200 && body.length > 0 ? undefined : `status ${status}`),
      };
    },
    remove: (memory) => ({
      method: 'DELETE',
      path: `/photos/${(memory.asked as Asked).id}`,
      headers: ownerOf(memory),
      check: (status) => (status === 204 ? undefined : `status ${status}`),
    }),
  },
});

function ownerOf({ owner }: Memory): Record<string, string> {
  return owner === undefined ? {} : { authorization: `Bearer ${String(owner)}` };
}

function fileOf({ broken, size }: Memory): Buffer {
  const [width = 1, height = 1] = size as number[];
  const colour = () => Math.floor(Math.random() * 256);
  const picture = png(width, height, [colour(), colour(), colour()]);
  // The beginning of a picture, and then nothing of one.
  if (broken) picture.fill(0x41, 20);
  return picture;
}

/** What a photo cannot be, given what was uploaded. */
function impossible(photo: Photo, { broken, size }: Memory): string | undefined {
  const [width, height] = size as number[];
  if (photo.state === 'refused') return broken ? (photo.reason ? undefined : 'no reason') : `refused: ${photo.reason}`;
  if (photo.state !== 'published') return undefined;
  if (broken) return 'something broken was published';
  return photo.width === width && photo.height === height
    ? undefined
    : `${photo.width} × ${photo.height} instead of ${width} × ${height}`;
}
