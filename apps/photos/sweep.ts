import { type BucketClient, schedule } from 'skein';
import { type Album, albumOf, idOf, LOST } from './album.ts';
import { runOf } from './arrival.ts';
import type { Pipeline } from './pipeline.ts';
import { album, type Photo, type Place, pictures, placeOf, uploads } from './resources.ts';

/** Milliseconds that anything may be under way before it is asked for: no upload, delivery or step takes so long. */
const GRACE = 3_600_000;

/** Deletes what no run will: a run that was cancelled or failed for good cleans up no more, and an upload may never have been told of. */
export function sweepOf(pipeline: Pipeline) {
  return schedule('17 * * * *', {
    name: 'photo-sweep',
    timeout: 600,
    uses: { table: album.all, uploads: uploads.all, pictures: pictures.all, runs: pipeline.read },
    run: async (_, { table, uploads, pictures, runs, log, signal }) => {
      const album = albumOf(table);
      const old = (since: string | Date): boolean => Date.now() - new Date(since).getTime() > GRACE;
      const isLost = async (id: string): Promise<boolean> => (await runs.status(runOf(id)))?.status !== 'running';
      for (let cursor: string | undefined, more = true; more; ) {
        signal.throwIfAborted();
        const page = await album.all(cursor);
        for (const document of page.items) {
          const { value } = document;
          const place = placeOf(document.id.slice('owned/'.length));
          if (place === undefined || value.state !== 'checking' || !old(value.since)) continue;
          if (await isLost(idOf(document))) await album.refuse(place, LOST);
        }
        cursor = page.next;
        more = cursor !== undefined;
      }
      const stray = (wanted: readonly Photo['state'][]) => async (key: string) => {
        const place = placeOf(key);
        const state = place && (await stateOf(album, place));
        return state === undefined || !wanted.includes(state);
      };
      const objects =
        (await swept(uploads, stray(['waiting', 'checking']), (key) => key, old)) +
        (await swept(pictures, stray(['checking', 'published']), pictureOf, old));
      if (objects > 0) log('stray objects of photos deleted', { objects });
    },
  });
}

async function stateOf(album: Album, place: Place): Promise<Photo['state'] | undefined> {
  return (await album.find(place))?.value.state;
}

/** Deletes the objects of a bucket that are old and stray. @returns how many those were. */
async function swept(
  bucket: BucketClient,
  isStray: (key: string) => Promise<boolean>,
  photoKey: (key: string) => string,
  old: (updatedAt: Date) => boolean,
): Promise<number> {
  let deleted = 0;
  for (let cursor: string | undefined, more = true; more; ) {
    const { items, next } = await bucket.list(cursor === undefined ? {} : { cursor });
    for (const { key, updatedAt } of items) {
      if (!old(updatedAt) || !(await isStray(photoKey(key)))) continue;
      await bucket.delete(key);
      deleted++;
    }
    cursor = next;
    more = next !== undefined;
  }
  return deleted;
}

/** The photo's key without the variant's name. */
function pictureOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}
