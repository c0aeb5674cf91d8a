import { onObject } from 'skein';
import { albumOf } from './album.ts';
import type { Pipeline } from './pipeline.ts';
import { album, placeOf, uploads } from './resources.ts';

export const runOf = (id: string): string => `photo-${id}`;

/**
 * Starts the pipeline for each upload that somebody waits for, once, however often the event comes. Others are deleted: nobody asked
 * for them, or their photo is over.
 */
export function arrivalOf(pipeline: Pipeline) {
  return onObject(uploads, {
    name: 'photo-arrival',
    attempts: 20,
    uses: { table: album.all, uploads: uploads.write, pipeline: pipeline.start },
    run: async ({ key, etag, size }, { table, uploads, pipeline }) => {
      const place = placeOf(key);
      const photo = place && (await albumOf(table).begin(place, etag));
      if (place === undefined || photo?.state !== 'checking') return uploads.delete(key);
      // A URL may be used twice. The run that is at work finds other bytes than its own, and deletes them at its end.
      if (photo.etag !== etag) return;
      await pipeline.start({ ...place, etag, size }, { id: runOf(place.id) });
    },
  });
}
