import { Failure } from '../../../core/error.ts';

/** What an Azure SDK throws where a service refused, or did not answer. */
interface ServiceError {
  readonly name: 'RestError';
  readonly message: string;
  readonly statusCode?: number;
  readonly code?: string;
  /** Table Storage's code. */
  readonly details?: { readonly odataError?: { readonly code?: string } };
}

/**
 * What a service answers.
 *
 * @throws `Unavailable` where it did not answer, or refused for now after the SDK's own retries; what else the SDK throws stays as it is.
 */
export async function answer<T>(service: string, sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (!isTransient(error)) throw error;
    // Its message goes on with the whole answer.
    const [reason] = error.message.split('\n');
    const failure = new Failure({
      name: 'Unavailable',
      message: `${service}: ${codeOf(error) ?? error.statusCode ?? 'no answer'}: ${reason}`,
    });
    failure.cause = error;
    throw failure;
  }
}

/** The code with which a service refused. https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
export function codeOf(error: unknown): string | undefined {
  if (!isServiceError(error)) return undefined;
  return error.details?.odataError?.code ?? error.code;
}

/** The status with which a service refused; `undefined` where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return isServiceError(error) ? error.statusCode : undefined;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && error.name === 'RestError';
}

function isTransient(error: unknown): error is ServiceError {
  if (!isServiceError(error)) return false;
  const { statusCode } = error;
  return statusCode === undefined || statusCode >= 500 || statusCode === 429 || statusCode === 408;
}
