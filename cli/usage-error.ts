/** Thrown where the command line, or a file that it names, is wrong. It is not thrown for what a room refuses. */
export class UsageError extends Error {
  override readonly name = 'UsageError' as const;
  /** @param see the command whose output says how it is done right. */
  constructor(message: string, see?: string) {
    super(see === undefined ? message : `${message}\nSee: ${see}`);
  }
}
