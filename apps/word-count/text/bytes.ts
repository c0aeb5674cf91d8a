/** Negative, zero or positive, as `a` comes before `b` in the order of their bytes: for UTF-8 that is the order of code points. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** 32-bit FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/: the same in every process and on every platform. */
export function fnv1a(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
