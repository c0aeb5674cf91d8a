import type { Path } from '../../../core/workflow/ir.ts';
import type { Certainty } from './absence.ts';
import type { Link, Machine } from './machine.ts';
import type { Slots } from './slots.ts';

/** An `attempt` around a state, in the same machine. */
export interface Catcher {
  /** Names for `ErrorEquals`; absent: all. */
  readonly names: string[] | undefined;
  readonly slot: string;
  /** Where its rescue begins; a link for each state that may fail. */
  readonly links: Link[];
}

/** Where states are being added, and what they see. */
export interface Place {
  readonly machine: Machine;
  readonly slots: Slots;
  /** Variables, and the paths where they are. */
  readonly paths: ReadonlyMap<string, string>;
  /** Paths of the rounds of the repeats around, within this machine. */
  readonly rounds: readonly string[];
  /** Innermost first. */
  readonly catchers: readonly Catcher[];
  /** The node that states are named for. */
  readonly label: string;
  /** Slots of values that are computed on the way, free again after the node's state. */
  readonly scratch: string[];
  certainty(variable: string, path: Path): Certainty;
}

export function pathOfVariable(place: Place, variable: string): string {
  const path = place.paths.get(variable);
  if (path === undefined) throw new Error(`the variable '${variable}' has no slot at ${place.label}`);
  return path;
}

export function scratchSlot(place: Place): string {
  const slot = place.slots.take();
  place.scratch.push(slot);
  return slot;
}

export function freeScratch(place: Place): void {
  for (const slot of place.scratch.splice(0)) place.slots.free(slot);
}
