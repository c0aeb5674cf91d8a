import { Lines } from '../runs/lines.ts';
import { scanners, type Tokenizer } from './tokenizers.ts';
import { WordTable } from './word-table.ts';

/** Bytes of distinct words that are held before they are written away. */
const HELD = 33_554_432;

export interface CountOptions {
  readonly tokenizer: Tokenizer;
  /** How many partitions words are dealt to, by their hash. */
  readonly partitions: number;
  /** @default 32 MiB */
  readonly held?: number;
}

/** The words of one partition: `word<TAB>count<LF>` sorted by bytes. */
export interface SortedRun {
  readonly partition: number;
  readonly bytes: Uint8Array;
}

/**
 * Counts the words of texts.
 *
 * @param texts each in chunks; the same chunks give the same runs.
 * @param spill takes the runs of one spill, never an empty one; called once at least unless there are no words.
 * @returns how many words there were, repeats included.
 */
export async function countText(
  texts: Iterable<AsyncIterable<Uint8Array>>,
  { tokenizer, partitions, held = HELD }: CountOptions,
  spill: (runs: readonly SortedRun[]) => Promise<void>,
): Promise<number> {
  const table = new WordTable();
  const scanner = scanners[tokenizer](table);
  let total = 0;
  const empty = async (): Promise<void> => {
    if (table.size === 0) return;
    total += table.total();
    await spill(sortedRuns(table, partitions));
    table.clear();
  };
  for (const text of texts) {
    for await (const chunk of text) {
      scanner.scan(chunk);
      if (table.memory > held) await empty();
    }
    scanner.end();
  }
  await empty();
  return total;
}

function sortedRuns(table: WordTable, partitions: number): SortedRun[] {
  const lines = Array.from({ length: partitions }, () => new Lines());
  for (const entry of table.sorted()) lines[table.hash(entry) % partitions]!.add(table.word(entry), table.count(entry));
  return lines.map((one, partition) => ({ partition, bytes: one.take() })).filter(({ bytes }) => bytes.length > 0);
}
