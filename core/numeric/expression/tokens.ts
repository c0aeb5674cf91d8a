import { invalidInput } from '../../error.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number; readonly text: string }
  | { readonly kind: 'name'; readonly at: number; readonly text: string }
  | { readonly kind: 'symbol'; readonly at: number; readonly text: string }
  | { readonly kind: 'end'; readonly at: number; readonly text: '' };

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SYMBOLS = '+-*/^(),';

/** The tokens of an expression, the last of kind `end`. Positions count UTF-16 units from 1. */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) at += text.length;
    return text;
  };
  for (;;) {
    take(SPACE);
    const position = at + 1;
    if (at >= source.length) return [...found, { kind: 'end', at: position, text: '' }];
    const digits = take(NUMBER);
    const name = digits === undefined ? take(NAME) : undefined;
    if (digits !== undefined) {
      const value = Number(digits);
      if (!Number.isFinite(value)) refuseAt(position, 'a number below 1.8e308', digits);
      found.push({ kind: 'number', value, at: position, text: digits });
    } else if (name !== undefined) {
      found.push({ kind: 'name', at: position, text: name });
    } else {
      const text = String.fromCodePoint(source.codePointAt(at) ?? 0);
      if (!SYMBOLS.includes(text)) refuseAt(position, `a number, a name or one of ${[...SYMBOLS].join(' ')}`, text);
      found.push({ kind: 'symbol', at: position, text });
      at += text.length;
    }
  }
}

/** Refuses an expression at a position. */
export function refuseAt(at: number, expected: string, got: string): never {
  const shown = got === '' ? 'the end' : JSON.stringify(got.length > 40 ? `${got.slice(0, 40)}…` : got);
  throw invalidInput(`f: expected ${expected} at position ${at}, got ${shown}`, 'f');
}
