import { invalidInput } from '../../../core/error.ts';
import { MAX_VISIBILITY } from '../../../core/resources/queue.ts';
import type { Kept } from './queue-message.ts';

/** A message that a consumer has. Milliseconds since 1970. */
interface Held {
  readonly kept: Kept;
  readonly since: number;
  until: number;
}

/** What SQS's own receipts do not begin with. */
const OWN = 'skein:';
/** Milliseconds for which a receipt is remembered after its visibility has ended. */
const AFTER = 60_000;

export interface Receipts {
  /** Remembers a message until its visibility ends. @returns its receipt. */
  hold(handle: string, kept: Kept, visibility: number): string;
  /** @throws `InvalidInput` naming the field `receipt`. */
  find(receipt: string): { readonly handle: string; readonly own: boolean; readonly held: Kept | undefined };
  /** The seconds from now that SQS takes as a new visibility: 12 hours from the receive are the most. */
  visibility(receipt: string, seconds: number): number;
  forget(receipt: string): void;
}

/**
 * SQS takes a message back by its receipt alone, but cannot move one to the dead letters by it: so what is in somebody's hands is
 * remembered here.
 */
export function receipts(now: () => number = Date.now): Receipts {
  const all = new Map<string, Held>();
  const sweep = (): void => {
    for (const [receipt, { until }] of all) if (until + AFTER < now()) all.delete(receipt);
  };
  return {
    hold(handle, kept, visibility) {
      sweep();
      const receipt = OWN + handle;
      all.set(receipt, { kept, since: now(), until: now() + visibility * 1000 });
      return receipt;
    },
    find(receipt) {
      if (typeof receipt !== 'string')
        throw invalidInput(`receipt: must be a string, not ${String(receipt)}`, 'receipt');
      const own = receipt.startsWith(OWN);
      return { handle: own ? receipt.slice(OWN.length) : receipt, own, held: all.get(receipt)?.kept };
    },
    visibility(receipt, seconds) {
      const held = all.get(receipt);
      if (held === undefined) return seconds;
      const passed = Math.ceil((now() - held.since) / 1000) + 1;
      const most = Math.max(0, Math.min(seconds, MAX_VISIBILITY - passed));
      held.until = now() + most * 1000;
      return most;
    },
    forget: (receipt) => void all.delete(receipt),
  };
}
