import { attempt, type BucketReader, eq, fail, or, parallel, step, when, workflow } from 'skein';
import { z } from 'zod';
import { albumOf, LOST, withdrawn } from './album.ts';
import { IMAGE_TYPES, type ImageCapabilities, type Images, invalidImage } from './images.ts';
import {
  album,
  keyOf,
  picture,
  pictures,
  place,
  uploads,
  VARIANTS,
  type VariantName,
  variant,
  variantKey,
} from './resources.ts';
import { RENDER } from './variants.ts';

const arrived = place.extend({ etag: z.string(), size: z.int() });
type Arrived = z.infer<typeof arrived>;

const facts = z.object({ type: z.enum(IMAGE_TYPES), width: z.int(), height: z.int() });

/** Errors that another attempt cannot mend. */
const FINAL = ['InvalidImage', 'Withdrawn'];
const RETRY = { attempts: 4, not: FINAL };
/** What has been begun is cleaned up, and if it takes a day. */
const PATIENT = { attempts: 50, seconds: 2, cap: 1_800 };
/** Seconds of a step that decodes. */
const DECODING = 60;

export type Pipeline = ReturnType<typeof pipelineOf>;

/**
 * What becomes of an upload: it is published with all its variants, or all of it is deleted and its owner told why.
 *
 * Nobody sees a variant before the photo is published, which is one write. Who deletes a photo meanwhile has the run end in its error
 * path, so that what its steps put after the deletion is deleted too.
 *
 * @throws TypeError where `images` cannot write a variant's type.
 */
export function pipelineOf(images: Images) {
  for (const [name, { type }] of Object.entries(RENDER))
    if (!images.capabilities.writes.includes(type))
      throw new TypeError(`images: the variant '${name}' is ${type}, which they cannot write`);

  const inspect = step('photo-inspect', {
    description: 'Decodes the whole image, within bounds of bytes, pixels and time.',
    input: arrived,
    output: facts,
    uses: { uploads: uploads.read, table: album.all },
    isolate: 'cpu',
    retry: RETRY,
    timeout: DECODING,
    run: async (input, { table, uploads, signal }) => {
      if ((await albumOf(table).find(input))?.value.state !== 'checking') throw withdrawn();
      return images.inspect(await uploaded(uploads, input, images.capabilities), signal);
    },
  });

  const render = step('photo-render', {
    description: 'Makes one variant: turned upright, without EXIF data.',
    input: arrived.extend({ name: z.enum(VARIANTS) }),
    output: variant,
    uses: { uploads: uploads.read, pictures: pictures.write },
    isolate: 'cpu',
    retry: RETRY,
    timeout: DECODING,
    run: async ({ name, ...input }, { uploads, pictures, signal }) => {
      const { bytes, ...made } = await images.render(
        await uploaded(uploads, input, images.capabilities),
        RENDER[name],
        signal,
      );
      signal.throwIfAborted();
      await pictures.put(variantKey(input, name), bytes, { contentType: made.type });
      return { ...made, bytes: bytes.byteLength };
    },
  });

  const publish = step('photo-publish', {
    description: 'Shows the picture to everybody.',
    input: z.object({ place, picture }),
    output: z.object({ state: z.literal('published') }),
    uses: { table: album.all },
    retry: RETRY,
    run: async ({ place, picture }, { table }) => {
      await albumOf(table).publish(place, picture);
      return { state: 'published' as const };
    },
  });

  const withdraw = step('photo-withdraw', {
    description: 'Deletes every object of a picture that is not to be shown, and tells its owner why.',
    input: z.object({ place, error: z.object({ name: z.string(), message: z.string() }) }),
    output: z.object({ state: z.enum(['published', 'refused', 'deleted']) }),
    uses: { table: album.all, pictures: pictures.write },
    retry: PATIENT,
    run: async ({ place, error }, { table, pictures, log }) => {
      const reason = error.name === 'InvalidImage' ? error.message : LOST;
      const photo = await albumOf(table).refuse(place, reason);
      // It was published, and only the answer was lost.
      if (photo?.state === 'published') return { state: 'published' as const };
      for (const name of VARIANTS) await pictures.delete(variantKey(place, name));
      log('photo withdrawn', { id: place.id, error: `${error.name}: ${error.message}` });
      return { state: photo?.state === 'refused' ? ('refused' as const) : ('deleted' as const) };
    },
  });

  const tidy = step('photo-tidy', {
    description: 'Deletes what was uploaded: nobody needs it any more.',
    input: place,
    uses: { uploads: uploads.write },
    retry: PATIENT,
    run: async (place, { uploads }) => {
      await uploads.delete(keyOf(place));
      return null;
    },
  });

  return workflow('photo', {
    description: 'Publishes an uploaded picture in three variants, or cleans up and says why not.',
    input: arrived,
    run: (input) => {
      const { owner, id, etag, size } = input;
      const place = { owner, id };
      const ended = attempt(
        () => {
          const { width, height } = inspect({ owner, id, etag, size });
          const variantOf = (name: VariantName) => () => render({ owner, id, etag, size, name });
          const [thumbnail, medium, webp] = parallel(variantOf('thumbnail'), variantOf('medium'), variantOf('webp'));
          const { state } = publish({ place, picture: { width, height, variants: { thumbnail, medium, webp } } });
          return { state, error: '' };
        },
        ({ name, message }) => {
          const { state } = withdraw({ place, error: { name, message } });
          return { state, error: name };
        },
      );
      tidy(place);
      const expected = or(eq(ended.state, 'published'), eq(ended.state, 'deleted'), eq(ended.error, 'InvalidImage'));
      // Whoever runs this has to know; its owner has been told.
      when(
        expected,
        () => null,
        () => fail('PhotoLost', ended.error),
      );
      return { state: ended.state };
    },
  });
}

/** The bytes that the run is about. @throws `InvalidImage` where they are too many, or others by now. */
async function uploaded(
  uploads: BucketReader,
  { etag, size, ...place }: Arrived,
  { bytes: most }: ImageCapabilities,
): Promise<Uint8Array> {
  if (size === 0) throw invalidImage('this file is empty');
  if (size > most) throw invalidImage(`this file is too large: at most ${most / 1_048_576} MiB`);
  const object = await uploads.get(keyOf(place));
  if (object === undefined) throw withdrawn();
  if (object.etag !== etag) throw invalidImage('another file was uploaded in its place while it was looked at');
  return object.bytes();
}
