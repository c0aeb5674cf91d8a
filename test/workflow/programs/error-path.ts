import { z } from 'zod';
import { attempt, fail, large, parallel, step, workflow } from '../../../core/index.ts';

const validate = step('validate', {
  input: z.object({ key: z.string() }),
  output: z.object({ type: z.string(), pixels: z.number() }),
  run: ({ key }) => {
    if (key.endsWith('.txt')) throw Object.assign(new Error('not an image'), { name: 'NotAnImage', data: { key } });
    return { type: 'image/png', pixels: 4 };
  },
});
const decode = step('decode', {
  input: z.object({ key: z.string() }),
  output: large(z.object({ rows: z.array(z.array(z.number())) })),
  isolate: 'cpu',
  run: () => ({ rows: [[1, 2]] }),
});
const thumbnail = step('thumbnail', { input: z.unknown(), output: z.string(), run: () => 'thumb.png' });
const preview = step('preview', {
  input: z.object({ image: z.unknown(), type: z.string() }),
  output: z.string(),
  run: () => 'preview.png',
});
const publish = step('publish', {
  input: z.object({ keys: z.array(z.string()) }),
  output: z.object({ url: z.string() }),
  run: ({ keys }) => ({ url: `/photos/${keys.length}` }),
});
const cleanUp = step('clean up', { input: z.object({ key: z.string() }), run: () => null });
const tell = step('tell', { input: z.object({ text: z.string(), detail: z.unknown() }), run: () => null });

/** What fails is cleaned up and told; an unexpected error is told, too, and raised again under a name of its own. */
export default workflow('error-path', {
  input: z.object({ key: z.string() }),
  run: (input) =>
    attempt(
      () =>
        attempt(
          () => {
            const { type } = validate({ key: input.key });
            const image = decode({ key: input.key });
            const keys = parallel(
              () => thumbnail(image),
              () => preview({ image, type }),
            );
            return publish({ keys: [...keys, input.key] }).url;
          },
          (error) => {
            cleanUp({ key: input.key });
            tell({ text: error.message, detail: error.data });
            return null;
          },
          { on: ['NotAnImage', 'InvalidInput'] },
        ),
      (error) => {
        tell({ text: 'something went wrong', detail: { name: error.name, literal: ['a', 1, { deep: true }] } });
        fail('Internal', error.message);
        return null;
      },
    ),
});
