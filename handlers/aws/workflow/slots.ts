/**
 * Where values are in a machine's state: `$.v0`, `$.v1`, … Each is a box, `{ "v": value }`, so that no engine has to tell a value
 * that is null, false or empty from one that is not there. A slot whose value nobody needs any more is used again: dead values
 * would else count towards the 256 KiB that a state may have.
 */
export interface Slots {
  take(): string;
  free(slot: string): void;
  /** Slots of a branch, which starts with a copy of the state. */
  copy(): Slots;
}

export function slots(taken: Iterable<string> = []): Slots {
  const used = new Set(taken);
  return {
    take() {
      let number = 0;
      while (used.has(`v${number}`)) number++;
      used.add(`v${number}`);
      return `v${number}`;
    },
    free: (slot) => void used.delete(slot),
    copy: () => slots(used),
  };
}

/** The slot that a path such as `$.v0.v` leads into. */
export function slotOf(path: string): string {
  return path.split('.')[1] as string;
}
