import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js';
import decodePng, { init as initPngDecoder } from '@jsquash/png/decode.js';
import resize, { initResize } from '@jsquash/resize';
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js';
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js';
import { imageSize } from 'image-size';
import { requireChecksums } from './files/png.ts';
import { damagedImage, type ImageCapabilities, type Images, invalidImage } from './images.ts';
import { prepared, requireSize } from './prepared.ts';

/** WebAssembly of the codecs. Each runtime has a way of its own to come by it; the edge only takes what was compiled before. */
export interface JsquashModules {
  /** `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm` */
  readonly jpegDecoder: WebAssembly.Module;
  /** `@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm` */
  readonly jpegEncoder: WebAssembly.Module;
  /** `@jsquash/png/codec/pkg/squoosh_png_bg.wasm` */
  readonly png: WebAssembly.Module;
  /** `@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm` */
  readonly resize: WebAssembly.Module;
  /** `@jsquash/webp/codec/dec/webp_dec.wasm` */
  readonly webpDecoder: WebAssembly.Module;
  /** `@jsquash/webp/codec/enc/webp_enc_simd.wasm` */
  readonly webpEncoder: WebAssembly.Module;
}

/** It takes more than its types say: https://github.com/jamsinclair/jSquash/tree/main/packages/jpeg#manual-wasm-initialisation-not-recommended */
const newJpegDecoder = initJpegDecoder as (
  module: WebAssembly.Module,
  options: { readonly printErr: (line: string) => void },
) => Promise<void>;

const READS = ['image/jpeg', 'image/png', 'image/webp'] as const;
type Type = (typeof READS)[number];

/** Four bytes a pixel, in the decoder and beside it: within the 128 MB of an isolate with a file of this size. */
const PIXELS = 6_000_000;

const capabilities: ImageCapabilities = {
  reads: READS,
  writes: ['image/jpeg', 'image/webp'],
  turns: ['image/jpeg'],
  profiles: false,
  bytes: 10_485_760,
  pixels: PIXELS,
  side: 16_384,
  wholeBytes: 4 * PIXELS,
};

/** Where no binary runs: the codecs of Squoosh, as WebAssembly. */
export function jsquashImages(modules: JsquashModules): Images {
  // Kept for all of a process, by the packages too.
  let ready: Promise<unknown> | undefined;
  const start = (): Promise<unknown> => {
    ready ??= Promise.all([
      initJpegEncoder(modules.jpegEncoder),
      initPngDecoder(modules.png),
      initResize(modules.resize),
      initWebpEncoder(modules.webpEncoder),
    ]);
    return ready;
  };

  const decoders: Readonly<Record<Type, (bytes: Uint8Array<ArrayBuffer>) => Promise<ImageData>>> = {
    'image/jpeg': async (bytes) => {
      let warned = false;
      // A new instance: what a broken file did to the memory of the last one is gone with it. Both calls in one go, since
      // decoding takes the instance that was made last.
      const [, image] = await Promise.all([
        newJpegDecoder(modules.jpegDecoder, { printErr: () => (warned = true) }),
        decodeJpeg(bytes.buffer, { preserveOrientation: true }),
      ]);
      // Half an image is one to this decoder, and the rest is grey.
      if (warned) throw damagedImage();
      return image;
    },
    'image/png': (bytes) => {
      requireChecksums(bytes);
      return decodePng(bytes.buffer);
    },
    'image/webp': async (bytes) => {
      if (isAnimated(bytes)) throw invalidImage('this is animated, which a WebP must not be here');
      const [, image] = await Promise.all([initWebpDecoder(modules.webpDecoder), decodeWebp(bytes.buffer)]);
      return image;
    },
  };

  async function decoded(file: Uint8Array, signal: AbortSignal): Promise<{ readonly type: Type; image: ImageData }> {
    signal.throwIfAborted();
    const { type, bytes } = prepared(file, { reads: READS });
    await start();
    try {
      requireSize(imageSize(bytes), capabilities, 4);
      // A copy, since a decoder takes a whole buffer, and many small files may share one.
      const image = await decoders[type](new Uint8Array(bytes));
      signal.throwIfAborted();
      return { type, image };
    } catch (error) {
      signal.throwIfAborted();
      // What a codec says, or how it ends, is for people who know its sources.
      throw error instanceof Error && error.name === 'InvalidImage' ? error : damagedImage();
    }
  }

  return {
    capabilities,
    async inspect(bytes, signal) {
      const { type, image } = await decoded(bytes, signal);
      return { type, width: image.width, height: image.height };
    },
    async render(bytes, { type, side }, signal) {
      const { image } = await decoded(bytes, signal);
      const scale = Math.min(1, side / Math.max(image.width, image.height));
      const width = Math.max(1, Math.round(image.width * scale));
      const height = Math.max(1, Math.round(image.height * scale));
      const small = scale === 1 ? image : await resize(image, { width, height });
      signal.throwIfAborted();
      const made =
        type === 'image/webp'
          ? await encodeWebp(small, { quality: 80 })
          : await encodeJpeg(onWhite(small), { quality: 82, progressive: true });
      return { type, width, height, bytes: new Uint8Array(made) };
    },
  };
}

/** The bit of an animation, in the chunk that says what else there is: https://developers.google.com/speed/webp/docs/riff_container#extended_file_format */
function isAnimated(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0;
}

/** What is transparent would be whatever is below. */
function onWhite(image: ImageData): ImageData {
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    if (alpha < 1) for (let n = at; n < at + 3; n++) data[n] = Math.round(255 + (data[n]! - 255) * alpha);
  }
  return image;
}
