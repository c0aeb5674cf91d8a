/** setTimeout takes 31 bits of milliseconds; longer waits are done in stages. */
const STAGE = 2 ** 31 - 1;

/**
 * Calls `wake` when the system's clock has reached `due`, never before; the returned function calls it off.
 *
 * @param due milliseconds since 1970.
 */
export function ringAt(due: number, wake: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const left = due - Date.now();
    // Timers follow a monotonic clock and may ring a millisecond before the wall clock gets there.
    timer = setTimeout(() => (Date.now() >= due ? wake() : arm()), Math.min(Math.max(left, 0), STAGE));
  };
  arm();
  return () => clearTimeout(timer);
}
