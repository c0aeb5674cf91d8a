import { bucket } from 'skein';

/** The texts that are counted. */
export const corpus = bucket('corpus');

/** Plans, sorted runs and results: a folder for each run. */
export const work = bucket('word-count');

/** Where texts of the page are kept: `pasted/<uuid>/text.txt`. */
const PASTED = /^pasted\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\/text\.txt$/;

/** A fresh key for a text of the page. */
export function pastedKey(): string {
  return `pasted/${crypto.randomUUID()}/text.txt`;
}

/** Whether a key under `prefix` is counted: what somebody typed into the page is counted only where the prefix asks for it. */
export function isCounted(key: string, prefix: string): boolean {
  return prefix.startsWith('pasted/') || !PASTED.test(key);
}
