import type { RpcCookie } from './rpc.ts';

const SAME_SITE = { lax: '; samesite=lax', strict: '; samesite=strict', explicitNone: '; samesite=none', none: '' };

/** A `Set-Cookie` header as the host writes it of a cookie of the app: ASP.NET's encoding, and the path `/` if none is given. */
export function setCookie(cookie: RpcCookie): string {
  const { name, value, domain, path, expires, secure, httpOnly, sameSite = 'none', maxAge } = cookie;
  return [
    `${encoded(name)}=${encoded(value)}`,
    seconds(expires?.value),
    maxAge === null || maxAge === undefined ? '' : `; max-age=${Math.trunc(maxAge.value)}`,
    domain ? `; domain=${domain.value}` : '',
    `; path=${path?.value ?? '/'}`,
    secure?.value ? '; secure' : '',
    SAME_SITE[sameSite],
    httpOnly?.value ? '; httponly' : '',
  ].join('');
}

function seconds(timestamp: unknown): string {
  const at = (timestamp as { readonly seconds?: unknown } | null | undefined)?.seconds;
  return typeof at === 'number' ? `; expires=${new Date(at * 1000).toUTCString()}` : '';
}

/** As Uri.EscapeDataString does it: more than encodeURIComponent. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
