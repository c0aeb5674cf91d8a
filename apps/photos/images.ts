import { Failure } from 'skein';

export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

const NAMES: Readonly<Record<ImageType, string>> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/gif': 'GIF',
};

/** `JPEG, PNG or WebP`. */
export function namesOf(types: readonly ImageType[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(types.map((type) => NAMES[type]));
}

/** As it is seen: turned the way that its EXIF data says. */
export interface ImageFacts {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
}

export interface RenderOptions {
  readonly type: ImageType;
  /** Pixels of the longer side at most; a smaller image stays as small as it is. */
  readonly side: number;
}

export interface Rendered extends ImageFacts {
  readonly bytes: Uint8Array;
}

/** What an implementation can do. Whatever is not in here it refuses. */
export interface ImageCapabilities {
  readonly reads: readonly ImageType[];
  readonly writes: readonly ImageType[];
  /** Those whose EXIF data is looked at for the way that they are turned. */
  readonly turns: readonly ImageType[];
  /** Whether colours of another profile become sRGB. Else they are taken as what they are not, and look a little paler. */
  readonly profiles: boolean;
  /** Bytes that a file may have. */
  readonly bytes: number;
  /** Pixels that an image may have. */
  readonly pixels: number;
  /** Pixels that its longer side may have. */
  readonly side: number;
  /** Bytes that an image may have in memory where it cannot be read row by row: interlaced, progressive, turned. */
  readonly wholeBytes: number;
}

/**
 * Reads and writes images: the port that hides which library there is, since none runs everywhere.
 *
 * What comes out has been decoded and encoded anew. It holds pixels in sRGB and nothing else: no EXIF, no comments, and none of what
 * may have followed the image in its file. Of an animation it is the first frame, or the animation is refused.
 */
export interface Images {
  readonly capabilities: ImageCapabilities;
  /** Decodes all of an image. @throws `InvalidImage` */
  inspect(bytes: Uint8Array, signal: AbortSignal): Promise<ImageFacts>;
  /** Makes a smaller image of one that was inspected. @throws `InvalidImage` */
  render(bytes: Uint8Array, options: RenderOptions, signal: AbortSignal): Promise<Rendered>;
}

/** A file that is no good. The message is for the one who sent it. */
export function invalidImage(message: string): Failure {
  return new Failure({ name: 'InvalidImage', message });
}

export function tooLargeImage(pixels: number, where = ''): Failure {
  return invalidImage(`this is too large: at most ${Math.floor(pixels / 1_000_000)} million pixels${where}`);
}

export function damagedImage(): Failure {
  return invalidImage('this is damaged: not all of it can be decoded');
}

/** What a file is by its first bytes, whatever it is called or declared as. */
export function sniffed(bytes: Uint8Array): ImageType | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  return undefined;
}
