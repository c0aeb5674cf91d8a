import { BlockList, isIP } from 'node:net';
import { withoutPort } from '../../core/http/address.ts';
import { SetupError } from '../../core/setup-error.ts';

/** Who sent a request, by the address at the other end of its connection and the header `X-Forwarded-For`. */
export type ClientOf = (remote: string | undefined, forwardedFor: string | null) => string | undefined;

const THIS_MACHINE = listOf(['127.0.0.0/8', '::1']);

/**
 * Believes `X-Forwarded-For` as far as trusted proxies wrote it: from its end, each entry is what the proxy behind it saw.
 *
 * Whoever is on this machine is nobody: it is the developer, or a proxy that nobody told us of and that speaks for everybody.
 *
 * @param proxies addresses, or networks such as `10.0.0.0/8`.
 * @throws SetupError naming the one that is neither.
 */
export function clientBehind(proxies: readonly string[]): ClientOf {
  const trusted = listOf(proxies);
  return (remote, forwardedFor) => {
    let client = plain(remote ?? '');
    const hops = forwardedFor?.split(',') ?? [];
    while (client !== undefined && has(trusted, client) && hops.length > 0) client = plain(hops.pop() ?? '');
    return client === undefined || has(THIS_MACHINE, client) ? undefined : client;
  };
}

/** The setting `SKEIN_TRUSTED_PROXIES`: addresses and networks between commas. */
export function proxiesIn(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Without a port, and an IPv4 address in IPv6 as what it is; `undefined` for what is no address. */
function plain(text: string): string | undefined {
  const address = withoutPort(text.toLowerCase())
    .replace(/^::ffff:(?=[\d.]+$)/, '')
    .replace(/%.*$/, '');
  return isIP(address) === 0 ? undefined : address;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const most = isIP(address) === 4 ? 32 : 128;
    const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (isIP(address) === 0 || rest.length > 0 || !(bits <= most))
      throw new SetupError(
        `trusted proxies: ${JSON.stringify(entry)} is neither an address nor a network like 10.0.0.0/8`,
      );
    list.addSubnet(address, bits, familyOf(address));
  }
  return list;
}
