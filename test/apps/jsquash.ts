import { readFileSync } from 'node:fs';
import { type JsquashModules, jsquashImages } from '../../apps/photos/jsquash-images.ts';

const FILES: Readonly<Record<keyof JsquashModules, string>> = {
  jpegDecoder: 'jpeg/codec/dec/mozjpeg_dec.wasm',
  jpegEncoder: 'jpeg/codec/enc/mozjpeg_enc.wasm',
  png: 'png/codec/pkg/squoosh_png_bg.wasm',
  resize: 'resize/lib/resize/pkg/squoosh_resize_bg.wasm',
  webpDecoder: 'webp/codec/dec/webp_dec.wasm',
  webpEncoder: 'webp/codec/enc/webp_enc_simd.wasm',
};

/** As an edge has it, where these are imported: compiled here of what npm installed. */
export const wasmImages = jsquashImages(
  Object.fromEntries(
    Object.entries(FILES).map(([name, file]) => [
      name,
      new WebAssembly.Module(readFileSync(new URL(`../../node_modules/@jsquash/${file}`, import.meta.url))),
    ]),
  ) as Record<keyof JsquashModules, WebAssembly.Module>,
);
