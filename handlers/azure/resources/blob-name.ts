import { invalidInput } from '../../../core/error.ts';

/**
 * Most keys are the names of their blobs. Others are spelt so that Azure keeps them, and lists them in the order of the keys' UTF-8
 * bytes, whether it compares the names' bytes or their UTF-16 units:
 *
 * - A character from U+E000 on is a marker, which no other character comes after, and its number in ideographs. So it has no more
 *   units than it had bytes, and 1,024 bytes remain 1,024 characters.
 * - No segment may end with a dot. A dot before a slash gets one more dot and a marker; the last dot of a key is a hyphen and a
 *   marker, which comes after all that begins with a hyphen and before all that begins with a dot.
 *
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
const HIGH = '\ue000';
const HIGHER = '\ue001';
const DOT = '\ue002';
/** The first of 20,992 ideographs, which nothing normalises. */
const DIGITS = 0x4e00;
/** Path segments of a blob's name. */
const MAX_SEGMENTS = 254;

/** @throws `InvalidInput` naming the field `key` where Azure could not keep it. */
export function toBlobName(key: string): string {
  if (key.split('/').length > MAX_SEGMENTS)
    throw invalidInput(`key: must have at most ${MAX_SEGMENTS} segments between slashes`, 'key');
  return toBlobPrefix(key).replace(/\.$/, `-${DOT}`);
}

/**
 * What the names of all keys with this prefix begin with; only the key that is the prefix and ends with a dot begins otherwise. Names of a
 * few other keys may begin so too: `a.` is kept as `a-` and a marker.
 */
export function toBlobPrefix(prefix: string): string {
  return prefix.replace(/[\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff]/g, spelt).replaceAll('./', `..${DOT}/`);
}

export function toKey(name: string): string {
  return name
    .replace(new RegExp(`-${DOT}$`), '.')
    .replaceAll(`..${DOT}/`, './')
    .replace(/\ue000([\u4e00-\u6dff])|\ue001([\u4e00-\u51ff])([\u4e00-\u51ff])/g, (_, high, upper, lower) =>
      high === undefined
        ? String.fromCodePoint(0x10000 + digit(upper) * 0x400 + digit(lower))
        : String.fromCodePoint(0xe000 + digit(high)),
    );
}

function spelt(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x10000) return HIGH + String.fromCharCode(DIGITS + point - 0xe000);
  const rest = point - 0x10000;
  return HIGHER + String.fromCharCode(DIGITS + (rest >> 10), DIGITS + (rest & 0x3ff));
}

function digit(character: string): number {
  return character.charCodeAt(0) - DIGITS;
}
