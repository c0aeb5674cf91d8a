/** Milliseconds of the first wait at most, and of any. */
const FIRST = 20;
const LONGEST = 640;

/** Waits at random, so that those who met do not meet again, and the longer the more often they met. @param round from 0 */
export async function backOff(round: number): Promise<void> {
  await new Promise((later) => setTimeout(later, Math.random() * Math.min(LONGEST, FIRST * 2 ** Math.min(round, 10))));
}
