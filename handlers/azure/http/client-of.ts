import { isIP } from 'node:net';
import { withoutPort } from '../../../core/http/address.ts';

/**
 * The address of whoever sent a request. Azure's front end appends the one that it sees to `x-forwarded-for`, with a port: so the
 * last entry is what nobody can make up. Behind Front Door that is Front Door, which writes the address of its client into
 * `x-azure-socketip`; whether a request came through our Front Door, its id says.
 *
 * `x-azure-clientip` is not read: a client may write it, by an `x-forwarded-for` of its own.
 *
 * https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol
 *
 * @param frontDoorId of the profile; `undefined` where there is none.
 * @returns `undefined` where no header has an address.
 */
export function clientOf(headers: Pick<Headers, 'get'>, frontDoorId: string | undefined): string | undefined {
  const isFronted =
    frontDoorId !== undefined && headers.get('x-azure-fdid')?.toLowerCase() === frontDoorId.toLowerCase();
  if (isFronted) return addressIn(headers.get('x-azure-socketip') ?? '');
  return addressIn(headers.get('x-forwarded-for')?.split(',').at(-1) ?? '');
}

/** Without a port. */
function addressIn(text: string): string | undefined {
  const address = withoutPort(text);
  return isIP(address) === 0 ? undefined : address;
}
