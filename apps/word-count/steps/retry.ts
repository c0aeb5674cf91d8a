import type { RetryOptions } from 'skein';

/** Whatever a bucket may answer today and not tomorrow; what trying again cannot change is left out. */
export const RETRY: RetryOptions = { attempts: 4, not: ['InputChanged', 'CountMismatch'] };
