import type { BucketReader } from 'skein';
import { Cursor } from './cursor.ts';
import { inTurns } from './in-turns.ts';

/** Bytes of runs that are held at once, however many runs there are; a window has at least `LEAST`. */
const HELD = 16_777_216;
const LEAST = 16_384;
const MOST = 262_144;

/** Opens runs for a merge; those without lines are left out. */
export async function openRuns(bucket: BucketReader, keys: readonly string[]): Promise<Cursor[]> {
  const window = Math.min(MOST, Math.max(LEAST, Math.floor(HELD / keys.length)));
  const cursors = await inTurns(keys, 8, (key) => Cursor.open(bucket, key, window));
  return cursors.filter((cursor) => cursor !== undefined);
}
