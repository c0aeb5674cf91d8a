import { type ErrorValue, NEVER_RETRIED, toErrorJson, toErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Retry } from '../../../core/workflow/ir.ts';

/** The workflow's own errors, which no attempt catches (clause 38). */
export const FINAL = 'Skein.Final';
const OWN = 'Skein.';

/**
 * An error of the workflow under the name that States Language sees: the same, but for names that mean something here.
 */
export function aslName(name: string): string {
  return name.startsWith(OWN) ? `${OWN}${name}` : name;
}

/** Names of a policy or an attempt as `ErrorEquals`: exact, and never a wildcard. */
export function aslNames(names: readonly string[]): string[] {
  const usable = names.filter((name) => !name.startsWith('States.')).map(aslName);
  return [...new Set(usable.flatMap((name) => (name === 'Timeout' ? ['Timeout', ...TIMEOUTS] : [name])))];
}

/** What Step Functions raises when TimeoutSeconds have passed, and Lambda where code lets nothing else run. */
const TIMEOUTS = ['States.Timeout', 'Sandbox.Timedout'];
/** Both of them, for a Choice. */
export const ANY_TIMEOUT = 'S*.Time*out';
/** What an engine raises where the workflow reads what is not there. */
const MISSING = ['States.Runtime', 'States.IntrinsicFailure', 'States.ParameterPathFailure'];
/** What must pass every attempt, though `States.ALL` would catch it: the first catcher of each fan-out. */
export const UNCATCHABLE: readonly string[] = [FINAL, ...MISSING.slice(1)];

/** Lambda's own hiccups, and its end amid an attempt, which is no error of the step. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const TRANSIENT = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Runtime.ExitError',
  ],
  IntervalSeconds: 1,
  MaxAttempts: 5,
  BackoffRate: 2,
};

export function retriers(retry?: Retry): Json[] {
  if (retry === undefined || retry.attempts === 1) return [TRANSIENT];
  const never = aslNames([...NEVER_RETRIED, ...(retry.not ?? [])]);
  const some = retry.on === undefined ? ['States.ALL'] : aslNames(retry.on);
  if (some.length === 0) return [TRANSIENT];
  return [
    { ErrorEquals: never, MaxAttempts: 0 },
    TRANSIENT,
    { ErrorEquals: some, MaxAttempts: retry.attempts - 1, ...delays(retry) },
  ];
}

/**
 * The least back-off that is never shorter than the delays of clause 16, which are whole seconds: States Language rounds nothing.
 */
function delays({ attempts, seconds, rate, cap }: Retry): { [field: string]: Json } {
  const first = cap === undefined ? seconds : Math.min(seconds, cap);
  let factor = rate;
  for (let nth = 1; nth < attempts - 1; nth++) {
    const exact = seconds * rate ** nth;
    if (cap !== undefined && exact >= cap) break;
    factor = Math.max(factor, (Math.ceil(exact) / seconds) ** (1 / nth));
  }
  const rounded = Math.ceil(factor * 1e6) / 1e6;
  const bound = cap !== undefined && cap > first && rounded > 1;
  if (cap !== undefined && cap <= first) return { IntervalSeconds: first, BackoffRate: 1 };
  return { IntervalSeconds: first, BackoffRate: rounded, ...(bound && { MaxDelaySeconds: cap }) };
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html: 32,768 characters. */
const LONGEST_CAUSE = 30_000;

/**
 * `Cause` of an error as Lambda writes it: the message is JSON text with all of the error, because a state can parse that and can
 * not parse a text with something else around it. What is too long for a cause loses its data, and then the end of its message.
 */
export function causeOf(error: ErrorValue): string {
  const write = (value: ErrorValue): string =>
    JSON.stringify({ errorType: aslName(value.name), errorMessage: JSON.stringify(toErrorJson(value)), trace: [] });
  const whole = write(error);
  if (whole.length <= LONGEST_CAUSE) return whole;
  const bare = write({ name: error.name, message: error.message });
  return bare.length <= LONGEST_CAUSE
    ? bare
    : write({ name: error.name, message: `${error.message.slice(0, LONGEST_CAUSE / 8)}…` });
}

/** Tells a cause that `causeOf` wrote from one that an engine did. */
export const OURS = '*"errorMessage":"{*';

/** Thrown from a function: its name is the error's name in States Language, its message is parsed by the rescue. */
export class StateError extends Error {
  constructor(error: ErrorValue, final = false) {
    const { errorMessage } = JSON.parse(causeOf(error)) as { errorMessage: string };
    super(errorMessage);
    this.name = final ? FINAL : aslName(error.name);
    // Lambda puts the stack into the cause; it is nobody's business and may be long.
    this.stack = '';
  }
}

/** The error of a run from that of its execution. */
export function errorOf(name: string, cause = ''): ErrorValue {
  const own = parsed(cause);
  if (own !== undefined) return own;
  if (MISSING.includes(name)) return { name: 'MissingValue', message: cause };
  if (name === 'States.DataLimitExceeded') return { name: 'PayloadTooLarge', message: cause };
  if (TIMEOUTS.includes(name)) return { name: 'Timeout', message: cause };
  return { name, message: cause };
}

function parsed(cause: string): ErrorValue | undefined {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    const found = JSON.parse(String(errorMessage)) as unknown;
    return found !== null && typeof found === 'object' && 'name' in found ? toErrorValue(found) : undefined;
  } catch {
    return undefined;
  }
}
