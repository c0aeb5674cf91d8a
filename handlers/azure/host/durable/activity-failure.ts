import type { Json } from '../../../../core/json.ts';
import type { FailureDetails } from './protocol.ts';

export interface Failed {
  readonly Reason: string;
  readonly Details: string;
  readonly FailureDetails?: FailureDetails;
}

/** How the history tells that an activity threw. The orchestrator sees `Reason` and `Details` in one message. */
export function activityFailure(name: string, thrown: unknown): Failed {
  const { message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const details = failureDetails(message);
  return {
    Reason: `Activity function '${name}' failed: ${details?.ErrorMessage ?? message}`,
    Details: stack,
    ...(details === undefined ? {} : { FailureDetails: details }),
  };
}

/** An app that has set an exception properties provider throws its details as JSON text. */
function failureDetails(message: string): FailureDetails | undefined {
  if (!message.startsWith('{"errorType":')) return undefined;
  try {
    const told = JSON.parse(message) as Readonly<Record<string, Json>>;
    return {
      ErrorType: String(told.errorType),
      ErrorMessage: String(told.errorMessage),
      StackTrace: typeof told.stackTrace === 'string' ? told.stackTrace : null,
      IsNonRetriable: told.isNonRetriable === true,
      Properties: (told.properties ?? null) as FailureDetails['Properties'],
    };
  } catch {
    return undefined;
  }
}
