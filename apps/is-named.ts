/** Errors are recognised by their exact names. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** Whether a write to a table lost to another one, or, in a transaction, one of its writes did. */
export function isLost(error: unknown): boolean {
  return isNamed(error, 'PreconditionFailed') || isNamed(error, 'NotFound');
}
