/**
 * Neumaier's compensated sum: the rounding error of each addition is carried along and added at the end.
 *
 * Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), 39–51,
 * https://doi.org/10.1002/zamm.19740540106
 */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const next = this.#sum + term;
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - next + term : term - next + this.#sum;
    this.#sum = next;
  }

  /** An infinite or undefined sum has no rounding error to add back. */
  get value(): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}

/** The compensated sum of all terms, in their order. */
export function sum(terms: Iterable<number>): number {
  const total = new Sum();
  for (const term of terms) total.add(term);
  return total.value;
}
