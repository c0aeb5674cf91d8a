import type { Context } from 'hono';
import { clientAddress } from 'skein';

/** Whom a limit of addresses counts: of IPv6 the first 64 bits, because one subscriber has all addresses that begin so. */
export function networkOf(c: Context): string | undefined {
  const address = clientAddress(c)?.toLowerCase();
  if (!address?.includes(':')) return address;
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...(after === undefined ? [] : zeros), ...tail].slice(0, 4).join(':');
}
