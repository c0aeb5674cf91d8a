import type { WordTable } from './word-table.ts';

export const TOKENIZERS = ['T1', 'T2', 'T3'] as const;
export type Tokenizer = (typeof TOKENIZERS)[number];

/** Counts the words of a text that comes in chunks; `end` where one text ends, since no word goes on in the next. */
export interface Scanner {
  scan(chunk: Uint8Array): void;
  end(): void;
}

/** Makes a scanner that counts into `table`. Loops go by index: iterating over bytes takes ten times as long. */
export const scanners: Readonly<Record<Tokenizer, (table: WordTable) => Scanner>> = {
  /** Split on ASCII white space; case and all other bytes stay. */
  T1: (table) => {
    const commit = (): void => table.commit();
    return { scan: (chunk) => split(chunk, table, commit), end: commit };
  },

  /** Runs of ASCII letters, in lower case. */
  T2: (table) => ({
    scan: (chunk) => {
      for (let i = 0; i < chunk.length; i++) {
        const lower = lowerCase(chunk[i]!);
        if (lower >= 0x61 && lower <= 0x7a) table.push(lower);
        else table.commit();
      }
    },
    end: () => table.commit(),
  }),

  /** Lower case, split on white space, all but letters and digits deleted: those of Unicode. */
  T3: (table) => {
    const commit = (): void => {
      const token = table.take();
      if (isAscii(token)) commitAscii(table, token);
      else commitUnicode(table, token);
    };
    return { scan: (chunk) => split(chunk, table, commit), end: commit };
  },
};

function split(chunk: Uint8Array, table: WordTable, commit: () => void): void {
  let start = 0;
  for (let i = 0; i < chunk.length; i++) {
    if (!isSpace(chunk[i]!)) continue;
    table.append(chunk, start, i);
    commit();
    start = i + 1;
  }
  table.append(chunk, start, chunk.length);
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) return false;
  return true;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Rewrites the token where it lies: what is pushed never overtakes what is read. */
function commitAscii(table: WordTable, token: Uint8Array): void {
  for (let i = 0; i < token.length; i++) {
    const lower = lowerCase(token[i]!);
    if ((lower >= 0x61 && lower <= 0x7a) || (lower >= 0x30 && lower <= 0x39)) table.push(lower);
  }
  table.commit();
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Decoded as a whole: the lower case of a Greek sigma depends on what surrounds it. */
function commitUnicode(table: WordTable, token: Uint8Array): void {
  for (const word of decoder
    .decode(token)
    .toLowerCase()
    .split(/\p{White_Space}+/u)) {
    for (const byte of encoder.encode(word.replace(/[^\p{L}\p{N}]+/gu, ''))) table.push(byte);
    table.commit();
  }
}
