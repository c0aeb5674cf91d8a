/** Mean time in the queue of M/M/c, by Erlang's C formula; times in the unit of `service`. */
export function waitMMc(arrivals: number, service: number, c: number): number {
  const load = arrivals * service;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < c; k++) {
    term *= load / k;
    sum += term;
  }
  const last = (term * load) / c / (1 - load / c);
  return ((last / (sum + last)) * service) / (c - load);
}

/** Mean time in the queue of M/D/1, by Pollaczek and Khinchine. */
export function waitMD1(arrivals: number, service: number): number {
  const load = arrivals * service;
  return (load * service) / (2 * (1 - load));
}

/** A mean, and how far it may be off in 99.9 of 100 cases, by the means of batches: waits that follow each other are not independent. */
export function batchMean(values: readonly number[], batches = 20): { readonly mean: number; readonly half: number } {
  const size = Math.floor(values.length / batches);
  const means = Array.from({ length: batches }, (_, k) => meanOf(values.slice(k * size, (k + 1) * size)));
  const mean = meanOf(means);
  const variance = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (batches - 1);
  // Student's t for 19 degrees of freedom.
  return { mean, half: 3.88 * Math.sqrt(variance / batches) };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
