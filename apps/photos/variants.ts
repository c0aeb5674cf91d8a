import type { RenderOptions } from './images.ts';
import type { VariantName } from './resources.ts';

/** What is made of each picture. */
export const RENDER: Readonly<Record<VariantName, RenderOptions>> = {
  /** For the gallery, sharp on a screen with two pixels in one. */
  thumbnail: { type: 'image/jpeg', side: 480 },
  /** For the picture's own page. */
  medium: { type: 'image/jpeg', side: 1600 },
  /** The same, for browsers that know it: a third smaller, and it can be transparent. */
  webp: { type: 'image/webp', side: 1600 },
};
