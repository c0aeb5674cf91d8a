import { invalidInput } from '../../../../core/error.ts';

/** What goes wrong on the way of a task's end to its orchestration. Each is a probability from 0 to 1, 0 unless it is said. */
export interface Faults {
  /** The same seed does the same to the same tasks, in whatever order they end. @default 1 */
  readonly seed?: number;
  /** It arrives twice. */
  readonly duplicate?: number;
  /** It arrives later, by up to `lateBy`. */
  readonly late?: number;
  /** Milliseconds of the host's clock. @default 1000 */
  readonly lateBy?: number;
  /** It overtakes others that wait. */
  readonly reorder?: number;
  /** An activity's end is lost, as if the host had died before it wrote it down: the activity is performed again. */
  readonly lost?: number;
  /** The host dies in an episode, before or after it is written, and reads the instance again from its store. */
  readonly crash?: number;
}

/** What happens to one message. */
export interface Fate {
  /** One arrival each, in milliseconds from now. */
  readonly arrivals: readonly number[];
  /** How far to the front of those that wait it gets: 0 stays behind, 1 is first. */
  readonly overtakes: number;
}

export interface Fates {
  of(message: string): Fate;
  lost(task: string): boolean;
  /** When in an episode the host dies, if it does. */
  crash(episode: string): 'before' | 'after' | undefined;
}

const KEYS = ['duplicate', 'late', 'reorder', 'lost', 'crash'] as const;

/** @throws Failure `InvalidInput` naming the field that is no probability. */
export function fates(faults: Faults = {}): Fates {
  for (const key of KEYS) {
    const value = faults[key] ?? 0;
    if (!(value >= 0 && value <= 1)) throw invalidInput(`faults.${key} is ${value}; it takes 0 to 1`, `faults.${key}`);
  }
  const { seed = 1, duplicate = 0, late = 0, lateBy = 1000, reorder = 0, lost = 0, crash = 0 } = faults;
  const draw = (...what: readonly string[]): number => chance(`${seed}/${what.join('/')}`);
  const delay = (message: string, copy: string): number =>
    draw('late', message, copy) < late ? Math.floor(draw('by', message, copy) * lateBy) : 0;
  return {
    of: (message) => ({
      arrivals: [
        delay(message, 'first'),
        ...(draw('duplicate', message) < duplicate ? [delay(message, 'second')] : []),
      ],
      overtakes: draw('reorder', message) < reorder ? draw('place', message) : 0,
    }),
    lost: (task) => draw('lost', task) < lost,
    crash(episode) {
      if (draw('crash', episode) >= crash) return undefined;
      return draw('when', episode) < 0.5 ? 'before' : 'after';
    },
  };
}

/** A number from 0 to below 1 that depends on the text alone (FNV-1a, then mixed as in MurmurHash3). */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
