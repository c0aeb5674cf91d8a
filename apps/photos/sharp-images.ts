import type { Metadata, Sharp, SharpOptions } from 'sharp';
import {
  damagedImage,
  IMAGE_TYPES,
  type ImageCapabilities,
  type Images,
  type ImageType,
  invalidImage,
  tooLargeImage,
} from './images.ts';
import { prepared, requireSize } from './prepared.ts';

const capabilities: ImageCapabilities = {
  reads: IMAGE_TYPES,
  writes: ['image/jpeg', 'image/webp'],
  turns: ['image/jpeg', 'image/png', 'image/webp'],
  profiles: true,
  bytes: 20_971_520,
  pixels: 50_000_000,
  // libvips keeps some rows however it reads, and rows of a million pixels are gigabytes.
  side: 16_384,
  wholeBytes: 67_108_864,
};

/** Seconds that libvips may work on one image. */
const SECONDS = 10;
/** Pixels of the side of what an inspection makes, to have every pixel decoded. */
const PROOF = 64;

const OPTIONS: SharpOptions = {
  // A file that is only half there must not be shown half grey.
  failOn: 'warning',
  limitInputPixels: capabilities.pixels,
  // Row by row where the format allows it: a large image is never in memory as a whole.
  sequentialRead: true,
};

const TYPES: Readonly<Record<string, ImageType>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** Where Node runs: libvips, by way of sharp. Loaded when it is first needed, which is in a step. */
export const sharpImages: Images = {
  capabilities,
  inspect: (bytes, signal) =>
    decoding(bytes, signal, async (open, type) => {
      const found = await open().metadata();
      if (TYPES[found.format] !== type) throw damagedImage();
      requireSize(found, capabilities, bytesPerPixel(found));
      await open().autoOrient().resize(PROOF, PROOF, { fit: 'inside' }).raw().toBuffer();
      return { type, width: found.autoOrient.width, height: found.autoOrient.height };
    }),
  render: (bytes, { type, side }, signal) =>
    decoding(bytes, signal, async (open) => {
      const small = open()
        .autoOrient()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .toColourspace('srgb');
      const { data, info } = await encoded(small, type).toBuffer({ resolveWithObject: true });
      return { type, width: info.width, height: info.height, bytes: data };
    }),
};

function encoded(image: Sharp, type: ImageType): Sharp {
  if (type === 'image/webp') return image.webp({ quality: 80 });
  // What is transparent would be black.
  return image.flatten({ background: '#ffffff' }).jpeg({ quality: 82, progressive: true, mozjpeg: false });
}

/** Of the whole image in memory; 0 where it is read row by row. */
function bytesPerPixel({
  format,
  channels,
  depth,
  chromaSubsampling,
  orientation = 1,
  isProgressive,
}: Metadata): number {
  // Measured; coefficients of a progressive JPEG have two bytes each.
  if (format === 'gif' || format === 'webp') return 5;
  if (format === 'jpeg') return !isProgressive ? 0 : chromaSubsampling === '4:2:0' ? 3 : 2 * channels;
  return isProgressive || orientation !== 1 ? channels * (depth === 'ushort' ? 2 : 1) : 0;
}

async function decoding<T>(
  file: Uint8Array,
  signal: AbortSignal,
  work: (open: () => Sharp, type: ImageType) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { bytes, type } = prepared(file, capabilities);
  const sharp = await library();
  signal.throwIfAborted();
  try {
    const result = await work(() => sharp(bytes, OPTIONS).timeout({ seconds: SECONDS }), type);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw toInvalid(error);
  }
}

type Library = typeof import('sharp')['default'];

let loaded: Promise<Library> | undefined;

function library(): Promise<Library> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // Every file is another: what libvips keeps of the last ones is memory for nothing.
    sharp.cache(false);
    // The room runs several steps at once; threads within each would only get in each other's way.
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

/** What libvips says is for people who know its sources. */
function toInvalid(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'InvalidImage') return error;
  if (/pixel limit/i.test(error.message)) return tooLargeImage(capabilities.pixels);
  if (/timeout/i.test(error.message)) return invalidImage(`this takes longer than ${SECONDS} seconds to decode`);
  return damagedImage();
}
