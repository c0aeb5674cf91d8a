import { invalidInput } from '../../../core/error.ts';
import type { Kept } from './queue-letter.ts';

/** A message that a consumer has. */
export interface Held {
  readonly messageId: string;
  /** Azure's receipt of now: each change of the visibility makes a new one. */
  readonly popReceipt: string;
  /** `undefined` where another process received it. */
  readonly kept: Kept | undefined;
  /** How often it was received. */
  readonly received: number;
}

interface Remembered extends Held {
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Milliseconds for which a receipt is remembered after its visibility has ended. */
const AFTER = 60_000;

export interface Receipts {
  /** Remembers a message until its visibility ends. @returns its receipt. */
  hold(held: Held & { readonly kept: Kept }, visibility: number): string;
  /** @throws `InvalidInput` naming the field `receipt`. */
  find(receipt: string): Held;
  /** Notes Azure's new receipt. @param visibility in seconds from now. */
  renew(receipt: string, popReceipt: string, visibility: number): void;
  forget(receipt: string): void;
}

/**
 * A receipt names the message and Azure's first receipt of it, so it can be used in any process until the visibility is changed.
 * What Azure made of it since, and what the message says, is remembered here.
 */
export function receipts(now: () => number = Date.now): Receipts {
  const all = new Map<string, Remembered>();
  const sweep = (): void => {
    for (const [receipt, { until }] of all) if (until + AFTER < now()) all.delete(receipt);
  };
  return {
    hold(held, visibility) {
      sweep();
      const receipt = `${held.messageId}/${held.popReceipt}`;
      all.set(receipt, { ...held, until: now() + visibility * 1000 });
      return receipt;
    },
    find(receipt) {
      if (typeof receipt !== 'string')
        throw invalidInput(`receipt: must be a string, not ${String(receipt)}`, 'receipt');
      const end = receipt.indexOf('/');
      return (
        all.get(receipt) ?? {
          messageId: receipt.slice(0, end),
          popReceipt: receipt.slice(end + 1),
          kept: undefined,
          received: 0,
        }
      );
    },
    renew(receipt, popReceipt, visibility) {
      const held = all.get(receipt);
      if (held !== undefined) all.set(receipt, { ...held, popReceipt, until: now() + visibility * 1000 });
    },
    forget: (receipt) => void all.delete(receipt),
  };
}
