import { Failure } from '../../core/error.ts';

/** What says that the disk, or a store on it, cannot take what is written now: it may later. */
const FULL_OR_ILL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ERR_SQLITE_ERROR'];

/** What a write raised, as `Unavailable` where it is the disk that refused it; anything else as it is. */
export function diskFailure(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && FULL_OR_ILL.includes(error.code))) return error;
  // After a comma Node says which call it was, and of which file: nobody else's business.
  return unavailable(error.message.split(', ')[0] ?? '');
}

export function unavailable(reason: string): Failure {
  return new Failure({ name: 'Unavailable', message: `the data folder cannot be written: ${reason}` });
}
