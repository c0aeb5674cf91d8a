import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A chunk of a PNG. */
function chunk(name: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

interface PngOptions {
  /** @default 1 */
  readonly depth?: number;
  /** 0 is grey, 2 RGB, 6 RGBA. @default 0 */
  readonly colour?: 0 | 2 | 6;
  readonly interlaced?: boolean;
  /** Chunks before the pixels. */
  readonly more?: readonly Buffer[];
}

/** A black PNG of any size, whose file is small. */
export function blackPng(width: number, height: number, options: PngOptions = {}): Buffer {
  const { depth = 1, colour = 0, interlaced = false, more = [] } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const row = 1 + Math.ceil((width * (colour === 0 ? 1 : colour === 2 ? 3 : 4) * depth) / 8);
  const pixels = deflateSync(Buffer.alloc(Math.min(row * height, 250_000_000)), { level: 6 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A text of a few kilobytes that unpacks to 20 MB. */
export const textBomb = (): Buffer =>
  chunk('zTXt', Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(20_000_000))]));

const grey = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#888888' }, limitInputPixels: false });

export const smallJpeg = (): Promise<Buffer> => grey(64, 48).jpeg().toBuffer();
export const smallPng = (): Promise<Buffer> => grey(64, 48).png().toBuffer();

/** A GIF that says it has 65,535 pixels a side, in 35 bytes. */
export function hugeGif(): Buffer {
  const size = [0xff, 0xff, 0xff, 0xff];
  const head = [...Buffer.from('GIF89a'), ...size, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  return Buffer.from([...head, 0x2c, 0, 0, 0, 0, ...size, 0, 2, 2, 0x4c, 1, 0, 0x3b]);
}

async function hugeWebp(): Promise<Buffer> {
  const bytes = await grey(64, 64).webp({ lossless: true }).toBuffer();
  // Both sides less one, in 14 bits each.
  bytes.writeUInt32LE((16_382 | (16_382 << 14)) >>> 0, 21);
  return bytes;
}

/** A progressive JPEG whose last scan comes two thousand times. */
async function manyScans(): Promise<Buffer> {
  const bytes = await grey(5_000, 3_000).jpeg({ progressive: true }).toBuffer();
  const end = bytes.length - 2;
  const scan = bytes.subarray(bytes.lastIndexOf(Buffer.from([0xff, 0xda])), end);
  return Buffer.concat([bytes.subarray(0, end), ...Array.from({ length: 2_000 }, () => scan), bytes.subarray(end)]);
}

/** A 1 × 1 GIF that moves a million times. */
export function manyFramesGif(): Buffer {
  const head = [...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  return Buffer.concat([Buffer.from(head), repeated(frame, 1_300_000), Buffer.from([0x3b])]);
}

/** A 1 × 1 WebP that moves 300,000 times. */
async function manyFramesWebp(): Promise<Buffer> {
  const still = (await grey(1, 1).webp({ lossless: true }).toBuffer()).subarray(12);
  const chunks = [
    riff('VP8X', [2, ...Array.from({ length: 9 }, () => 0)]),
    riff('ANIM', [0, 0, 0, 0, 0, 0]),
    repeated(riff('ANMF', [...Array.from({ length: 16 }, () => 0), ...still]), 300_000),
  ];
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

/** A JPEG with millions of segments of an application. */
async function manySegmentsJpeg(): Promise<Buffer> {
  const bytes = await smallJpeg();
  return Buffer.concat([bytes.subarray(0, 2), repeated([0xff, 0xe3, 0, 2], 5_000_000), bytes.subarray(2)]);
}

/** A PNG with more than a million chunks of no pixels. */
function manyChunksPng(): Buffer {
  return blackPng(10, 10, { more: [repeated(chunk('IDAT', Buffer.alloc(0)), 1_600_000)] });
}

/** Pictures of one frame that everybody may see, in files of a million parts. */
export async function crowdedFiles(): Promise<Readonly<Record<string, { type: string; bytes: Buffer }>>> {
  return {
    'a PNG of chunks': { type: 'image/png', bytes: manyChunksPng() },
    'a GIF of frames': { type: 'image/gif', bytes: manyFramesGif() },
    'a WebP of frames': { type: 'image/webp', bytes: await manyFramesWebp() },
    'a JPEG of segments': { type: 'image/jpeg', bytes: await manySegmentsJpeg() },
  };
}

function riff(name: string, data: Uint8Array | readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + data.length + (data.length % 2));
  bytes.write(name, 0, 'latin1');
  bytes.writeUInt32LE(data.length, 4);
  bytes.set(data, 8);
  return bytes;
}

function repeated(bytes: Uint8Array | readonly number[], times: number): Buffer {
  return Buffer.alloc(bytes.length * times, Buffer.from(bytes));
}

export const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
  <image xlink:href="http://127.0.0.1:9/" width="1" height="1"/><script>alert(1)</script></svg>`;

interface Refused {
  readonly type?: string;
  readonly bytes: Buffer;
  readonly reason: RegExp;
}

const LARGE = /^this is too large: at most /;
export const NO_IMAGE = /^this is no JPEG, PNG(, WebP)? or /;
const DAMAGED = /^this is damaged/;

/** Files that are made to harm, each with what is said of it. */
export async function hostileFiles(): Promise<Readonly<Record<string, Refused>>> {
  const jpeg = await smallJpeg();
  const bomb = textBomb();
  return {
    'a PNG of 40,000 pixels a side': { bytes: blackPng(40_000, 40_000), reason: LARGE },
    'a PNG of three million pixels a row': { bytes: blackPng(3_000_000, 16, { depth: 8, colour: 2 }), reason: LARGE },
    'a PNG of three million rows': { bytes: blackPng(16, 3_000_000, { depth: 8, colour: 2 }), reason: LARGE },
    'an interlaced PNG of 12 million pixels of 8 bytes': {
      bytes: blackPng(3_500, 3_500, { depth: 16, colour: 6, interlaced: true }),
      reason: LARGE,
    },
    'a progressive JPEG of 48 million pixels': {
      bytes: await grey(8_000, 6_000).jpeg({ progressive: true }).toBuffer(),
      reason: LARGE,
    },
    'a WebP of 16,383 pixels a side': { bytes: await hugeWebp(), reason: LARGE },
    'a GIF of 65,535 pixels a side': { bytes: hugeGif(), reason: LARGE },
    'a JPEG of two thousand scans': { bytes: await manyScans(), reason: /^this is a JPEG of too many scans/ },
    'a PNG of many large texts, without an end': {
      bytes: blackPng(10, 10, { more: Array.from({ length: 400 }, () => bomb) }).subarray(0, -1),
      reason: DAMAGED,
    },
    'half a JPEG': { bytes: (await grey(2_000, 2_000).jpeg().toBuffer()).subarray(0, 5_000), reason: DAMAGED },
    'a JPEG that is a PNG inside': { bytes: Buffer.concat([jpeg.subarray(0, 20), await smallPng()]), reason: DAMAGED },
    'an SVG with external references': { bytes: Buffer.from(SVG), reason: NO_IMAGE },
    'an SVG behind the first bytes of a PNG': {
      bytes: Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(SVG)]),
      reason: DAMAGED,
    },
    'a page': { bytes: Buffer.from('<!doctype html><script>alert(1)</script>'), reason: NO_IMAGE },
    'a TIFF': { bytes: await grey(8, 8).tiff().toBuffer(), reason: NO_IMAGE },
    'an AVIF': { bytes: await grey(16, 16).avif({ effort: 0 }).toBuffer(), reason: NO_IMAGE },
    'a PDF': { bytes: Buffer.from('%PDF-1.7\n'), reason: NO_IMAGE },
    'a program': { bytes: Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), reason: NO_IMAGE },
    'one byte': { bytes: Buffer.of(0xff), reason: NO_IMAGE },
  };
}
