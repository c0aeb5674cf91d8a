import type { Context } from 'hono';

/** By name, so that two copies of this package understand each other. */
const CLIENT = Symbol.for('skein.client');

/**
 * The address of whoever sent a request, as the room knows it: from the connection or the platform's event, and from a header only
 * where the room was told which proxy writes it. `undefined` where the room does not know, or where it is this machine itself.
 */
export function clientAddress(c: Context): string | undefined {
  const found = (c.env as { readonly [CLIENT]?: unknown } | undefined)?.[CLIENT];
  return typeof found === 'string' ? found : undefined;
}

/** What a room passes to `fetch` beside the request, as its environment. */
export function cameFrom(address: string | undefined): object {
  return address === undefined ? {} : { [CLIENT]: address };
}
