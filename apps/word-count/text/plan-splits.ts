/** An object of the corpus. */
export interface Source {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** Byte offsets into a source: the lines that start in `[from, to)`. */
export interface Range extends Source {
  readonly from: number;
  readonly to: number;
}

/** What one mapper reads. */
export type Split = readonly Range[];

const MIB = 1_048_576;
export const MAX_SPLITS = 1_000;

/**
 * Cuts sources into splits: each byte of each source is in one split, in the sources' order.
 *
 * Where there are more sources than splits, a split has several ranges; else each non-empty source has a split at least.
 *
 * @param wished how many, spread by size; fewer where there are fewer bytes. @default one a MiB and one a source, 1,000 at most
 */
export function planSplits(sources: readonly Source[], wished?: number): Split[] {
  const filled = sources.filter((source) => source.size > 0);
  const count = Math.min(MAX_SPLITS, wished ?? sum(filled.map(({ size }) => Math.max(1, Math.round(size / MIB)))));
  return filled.length > count ? packed(filled, count) : cut(filled, count);
}

/** One split a source, and the rest spread by size. */
function cut(sources: readonly Source[], count: number): Split[] {
  const total = sum(sources.map(({ size }) => size));
  const extra = count - sources.length;
  let before = 0;
  return sources.flatMap((source) => {
    const given = Math.floor((extra * before) / total);
    before += source.size;
    const pieces = Math.min(source.size, 1 + Math.floor((extra * before) / total) - given);
    const edge = (piece: number): number => Math.floor((source.size * piece) / pieces);
    return Array.from({ length: pieces }, (_, i): Split => [{ ...source, from: edge(i), to: edge(i + 1) }]);
  });
}

/** Whole sources, in order, grouped into splits of about one size. */
function packed(sources: readonly Source[], count: number): Split[] {
  const total = sum(sources.map(({ size }) => size));
  const groups = Array.from({ length: count }, (): Range[] => []);
  let before = 0;
  for (const source of sources) {
    const middle = before + source.size / 2;
    groups[Math.min(count - 1, Math.floor((middle * count) / total))]?.push({ ...source, from: 0, to: source.size });
    before += source.size;
  }
  return groups.filter((group) => group.length > 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
