import { Failure } from '../../../core/error.ts';

interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: object;
}

/** What the SDK retries by itself before it gives up, as it names them: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const THROTTLED = /Throttl|LimitExceeded|ThroughputExceeded|SlowDown|TooManyRequests|BandwidthLimit/;

/**
 * What a service answers.
 *
 * @throws `Unavailable` where it did not answer, or refused for now; what else the SDK throws stays as it is.
 */
export async function answer<T>(service: string, sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (!isTransient(error)) throw error;
    const { name, message } = error as ServiceError;
    const failure = new Failure({ name: 'Unavailable', message: `${service}: ${name}: ${message}` });
    failure.cause = error;
    throw failure;
  }
}

/** Whether an error of the SDK has one of these names. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** The status with which a service refused; `undefined` where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<ServiceError>)?.$metadata?.httpStatusCode;
}

function isTransient(error: unknown): boolean {
  const { name, $metadata, $retryable } = error as Partial<ServiceError>;
  // The SDK notes how often it tried on whatever it could not send.
  if ($metadata === undefined || name === 'AbortError') return false;
  const status = $metadata.httpStatusCode;
  return (
    status === undefined || status >= 500 || status === 429 || $retryable !== undefined || THROTTLED.test(name ?? '')
  );
}
