/**
 * The address in an entry of a header such as `X-Forwarded-For`, which may have a port behind it: `203.0.113.7:5000`,
 * `[2001:db8::7]:5000`. Whether what is left is an address is not looked at.
 */
export function withoutPort(entry: string): string {
  const trimmed = entry.trim();
  return /^\[(.*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
}
