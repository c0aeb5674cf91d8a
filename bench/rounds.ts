/** What each kind reached in each round, in the same unit. */
export type Rates<K extends string> = Readonly<Record<K, readonly number[]>>;

/**
 * Measures each kind once a round, one after the other, so that a busy machine slows all of them alike, and prints each round.
 *
 * @param measure what the kind reaches a second.
 */
export async function inRounds<K extends string>(
  kinds: readonly K[],
  rounds: number,
  measure: (kind: K) => Promise<number>,
): Promise<Rates<K>> {
  const rates = Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Record<K, number[]>;
  for (let round = 1; round <= rounds; round++) {
    // The order turns with the round: whoever goes first after a pause has a small advantage.
    for (let turn = 0; turn < kinds.length; turn++) {
      const kind = kinds[(round + turn) % kinds.length] as K;
      rates[kind].push(await measure(kind));
    }
    console.log(`round ${round}: ${kinds.map((kind) => `${kind} ${rates[kind].at(-1)?.toFixed(0)}/s`).join('  ')}`);
  }
  return rates;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The median of the rounds' ratios, in per cent: rounds are compared with themselves, not with a quieter moment. */
export function percent<K extends string>(rates: Rates<K>, kind: K, of: K): string {
  return `${(median(rates[kind].map((rate, i) => rate / (rates[of][i] ?? 1))) * 100).toFixed(1)} %`;
}
