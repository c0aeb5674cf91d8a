/** A number from the exponential distribution with this mean: the time between two events that know nothing of each other. */
export function exponential(mean: number, random: () => number = Math.random): number {
  return -mean * Math.log(1 - random());
}

/** For each state, the chance of each state that may come next; what is missing from 1 is the chance to leave. */
export type Chain<State extends string> = Readonly<Record<State, Readonly<Partial<Record<State, number>>>>>;

/** The state after this one, or undefined where the user leaves. */
export function after<State extends string>(
  chain: Chain<State>,
  state: State,
  random: () => number = Math.random,
): State | undefined {
  let left = random();
  for (const [next, chance] of Object.entries(chain[state]) as [State, number][]) {
    left -= chance;
    if (left < 0) return next;
  }
  return undefined;
}

/** One of the values, each as likely as the others. */
export function oneOf<T>(values: readonly T[], random: () => number = Math.random): T {
  return values[Math.floor(random() * values.length)] as T;
}
