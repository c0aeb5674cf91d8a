import { type App, app } from 'skein';
import { arrivalOf } from './arrival.ts';
import type { PhotosOptions } from './desk.ts';
import type { Images } from './images.ts';
import { firstPage } from './page-routes.tsx';
import { pipelineOf } from './pipeline.ts';
import { routesOf } from './routes.ts';
import { sharpImages } from './sharp-images.ts';
import { sweepOf } from './sweep.ts';

/**
 * The app with another library for images, or limits of one's own.
 *
 * @param module `import.meta.url` of the module that exports it as default.
 */
export function photos(module: string, images: Images, options: PhotosOptions = {}): App {
  const pipeline = pipelineOf(images);
  return app('photos', {
    title: 'Photos',
    description: 'Share pictures: each is checked, turned upright, freed of its hidden data and shown to everybody.',
    module,
    workflows: [pipeline],
    http: [routesOf(images, pipeline, options)],
    triggers: [arrivalOf(pipeline), sweepOf(pipeline)],
    page: firstPage,
  });
}

export default photos(import.meta.url, sharpImages);
