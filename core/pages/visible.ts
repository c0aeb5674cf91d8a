import type { Json } from '../json.ts';

/** Characters that are not seen, or that turn the order of those around them: a name could pass for another with them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSEEN_IN_TEXT = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Characters of a value that a page shows. */
const SHOWN = 4_000;

/** A name or a message from elsewhere, with what cannot be seen spelt out as `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, spell);
}

export interface Excerpt {
  readonly text: string;
  /** Characters of the whole, where it is longer than the text. */
  readonly cutFrom?: number;
}

/** A value as indented JSON, cut where it is long. Escapes like `\u202e` are JSON's own, so that the text stays JSON. */
export function excerpt(value: Json): Excerpt {
  const text = JSON.stringify(value, undefined, 2);
  const shown = text.slice(0, SHOWN).replace(UNSEEN_IN_TEXT, spell);
  return text.length <= SHOWN ? { text: shown } : { text: `${shown}…`, cutFrom: text.length };
}

function spell(unseen: string): string {
  return Array.from({ length: unseen.length }, (_, index) => {
    return `\\u${unseen.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
