import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

interface Packed {
  readonly name: string;
  readonly bytes: Buffer;
}

const END = 0x06054b50;
const STORED = 0;

/** The files of an archive, read by the archive's own directory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
function filesIn(archive: Buffer): readonly Packed[] {
  const end = archive.length - 22;
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error('not an archive');
  const files: Packed[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(from, from + size);
    if (!name.endsWith('/')) files.push({ name, bytes: method === STORED ? packed : inflateRawSync(packed) });
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

export function unpack(archive: Buffer, folder: string): void {
  for (const { name, bytes } of filesIn(archive)) {
    if (normalize(name).startsWith('..') || name.startsWith('/')) throw new Error(`an archive holds '${name}'`);
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
