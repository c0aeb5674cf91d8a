import { Failure, toErrorValue } from '../error.ts';
import { problem } from './problem.ts';

/** The HTTP status of each error that a room's own interface raises; others are defects and never shown. */
const STATUS: Readonly<Record<string, number>> = {
  InvalidInput: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  PreconditionFailed: 412,
  PayloadTooLarge: 413,
  RangeNotSatisfiable: 416,
  TooManyRequests: 429,
  Unsupported: 501,
  Unavailable: 503,
};

/**
 * The response to whatever a route threw: a problem with the failure's own words, or, for a defect, an id alone under which
 * the log has the rest. Whole seconds in `data.retryAfter` become `Retry-After`.
 */
export function failureResponse(thrown: unknown, report: (id: string, error: unknown) => void): Response {
  const error = toErrorValue(thrown);
  const status = thrown instanceof Failure ? STATUS[error.name] : undefined;
  if (status === undefined) {
    const id = crypto.randomUUID();
    report(id, thrown);
    return problem({
      status: 500,
      code: 'Internal',
      detail: 'something went wrong here; the log has it under this id',
      id,
    });
  }
  const data = error.data !== null && typeof error.data === 'object' && !Array.isArray(error.data) ? error.data : {};
  const { field, retryAfter } = data ?? {};
  const detail = error.message;
  const headers: Record<string, string> = {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(Number.isSafeInteger(retryAfter) && { 'retry-after': String(retryAfter) }),
  };
  return problem({ status, code: error.name, detail, ...(typeof field === 'string' && { field }) }, headers);
}
