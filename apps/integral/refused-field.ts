import { Failure } from 'skein';

/** The field that an `InvalidInput` names, or undefined for any other error. */
export function refusedField(thrown: unknown): string | undefined {
  if (!(thrown instanceof Failure) || thrown.name !== 'InvalidInput') return undefined;
  const { field } = (thrown.data ?? {}) as { field?: string };
  return field;
}
