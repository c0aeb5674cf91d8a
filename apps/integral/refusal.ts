export interface Refusal {
  readonly detail: string;
  readonly field?: string;
}

/** What an `InvalidInput` says, or undefined for any other error. */
export function refusal(thrown: unknown): Refusal | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'InvalidInput') return undefined;
  const { field } = (thrown as Error & { data?: { field?: string } }).data ?? {};
  return { detail: thrown.message, ...(field === undefined ? {} : { field }) };
}
