import { z } from 'zod';
import { map, parallel, step, workflow } from '../../../core/index.ts';

const render = step('render', {
  input: z.object({ key: z.string(), width: z.number(), watermark: z.string().nullable() }),
  output: z.object({ key: z.string(), bytes: z.number() }),
  run: ({ key, width }) => ({ key: `${key}@${width}`, bytes: width * 10 }),
});
const caption = step('caption', {
  input: z.object({ key: z.string() }),
  output: z.string(),
  run: ({ key }) => `a picture of ${key}`,
});

/** A map in a branch in a map: each body sees the variables of those around it. */
export default workflow('nested-maps', {
  input: z.object({
    widths: z.array(z.number()),
    albums: z.array(
      z.object({ photos: z.array(z.object({ key: z.string() })), owner: z.object({ mark: z.string().optional() }) }),
    ),
  }),
  run: (input) =>
    map(input.albums, (album, at) =>
      map(
        album.photos,
        (photo) => {
          const [variants, text] = parallel(
            () => map(input.widths, (width) => render({ key: photo.key, width, watermark: album.owner.mark })),
            () => caption({ key: photo.key }),
          );
          return { album: at, text, count: variants.length, first: variants.at(0).key };
        },
        { concurrency: 5 },
      ),
    ),
});
