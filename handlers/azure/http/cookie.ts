import type { Cookie } from '@azure/functions';

/** What `Set-Cookie` said, in the words of `@azure/functions`. */
export interface ParsedCookie {
  readonly cookie: Cookie;
  /** Whether the library writes the same again: it has no words for `Partitioned` and `Priority`, and encodes the value. */
  readonly exact: boolean;
}

const SAME_SITE = { lax: 'Lax', none: 'None', strict: 'Strict' } as const;
/** What the library lets pass; at anything else it throws when the answer is on its way. */
const DOMAIN = /^\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const PATH = /^[ -:=-~]+$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** https://www.rfc-editor.org/rfc/rfc6265#section-5.2 */
export function parseCookie(line: string): ParsedCookie {
  const [pair = '', ...attributes] = line.split(';');
  const [name, raw] = cut(pair);
  const value = decoded(raw);
  let exact = NAME.test(name) && encodeURIComponent(value) === raw;
  const cookie: Cookie = { name: NAME.test(name) ? name : encodeURIComponent(name), value };
  const keep = (known: boolean, set: Partial<Cookie>): void => {
    if (known) Object.assign(cookie, set);
    else exact = false;
  };
  for (const attribute of attributes) {
    const [field, text] = cut(attribute);
    switch (field.toLowerCase()) {
      case 'domain':
        keep(DOMAIN.test(text), { domain: text });
        break;
      case 'path':
        keep(PATH.test(text), { path: text });
        break;
      case 'expires': {
        const expires = new Date(text);
        keep(!Number.isNaN(expires.getTime()), { expires });
        break;
      }
      case 'max-age':
        keep(/^-?\d{1,15}$/.test(text), { maxAge: Number(text) });
        break;
      case 'samesite': {
        const sameSite = SAME_SITE[text.toLowerCase() as keyof typeof SAME_SITE];
        keep(sameSite !== undefined, { sameSite });
        break;
      }
      case 'secure':
        cookie.secure = true;
        break;
      case 'httponly':
        cookie.httpOnly = true;
        break;
      default:
        exact = false;
    }
  }
  return { cookie, exact };
}

function cut(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The library encodes what it is given. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
