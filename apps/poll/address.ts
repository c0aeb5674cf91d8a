import type { Context } from 'hono';

/** What Node's adapter of Hono puts into the environment of a request, where the room passes it on. */
interface NodeEnvironment {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/**
 * Who sent a request: from a header where one is trusted, else from the connection, as far as the room tells.
 *
 * A header that a proxy of one's own does not set is anybody's to write, so none is read by itself. Of a list the last entry counts,
 * which the nearest proxy added.
 */
export function addressOf(c: Context, trustedHeader: string | undefined): string | undefined {
  const said =
    trustedHeader === undefined
      ? (c.env as NodeEnvironment | undefined)?.incoming?.socket?.remoteAddress
      : c.req.header(trustedHeader)?.split(',').at(-1)?.trim();
  return said === undefined || said === '' ? undefined : networkOf(said.slice(0, 64));
}

/** An IPv6 address without its last 64 bits: one subscriber has all of those. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.toLowerCase().startsWith('::ffff:')) return address;
  const [before = '', after] = address.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...(after === undefined ? [] : zeros), ...tail].slice(0, 4).join(':');
}
