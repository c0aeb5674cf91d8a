import { type Json, toJson } from './json.ts';

/** An error as it crosses rooms: recognised by its exact `name`, never by its class. */
export interface ErrorValue {
  readonly name: string;
  readonly message: string;
  readonly data?: Json;
}

/**
 * An error of a step or a workflow, in the one shape that every room keeps.
 *
 * `final` marks what no `attempt` may catch and no policy may retry: a workflow that read a value which is not there.
 * It is not thrown for defects of the room itself: those stay ordinary errors and never become part of a run.
 */
export class Failure extends Error {
  readonly data: Json | undefined;
  readonly final: boolean;
  constructor(value: ErrorValue, final = false) {
    super(value.message);
    this.name = value.name;
    this.data = value.data ?? undefined;
    this.final = final;
  }
}

/** Names that no retry policy retries: trying again cannot change them. */
export const NEVER_RETRIED: readonly string[] = ['InvalidInput', 'Cancelled', 'PayloadTooLarge', 'MissingValue'];

/** A refused input. The message names the field. */
export function invalidInput(message: string, field?: string): Failure {
  return new Failure({ name: 'InvalidInput', message, ...(field === undefined ? {} : { data: { field } }) });
}

/**
 * Turns whatever was thrown into an `ErrorValue`: the one normalisation of every room.
 *
 * A nameless error or a thrown non-error is called `Error`; `States.*` belongs to Amazon States Language and becomes `Error` too.
 */
export function toErrorValue(thrown: unknown): ErrorValue {
  try {
    return shortened(normalised(thrown));
  } catch {
    // A getter or a toString of what was thrown threw in its turn.
    return { name: 'Error', message: '' };
  }
}

function normalised(thrown: unknown): ErrorValue {
  if (thrown === null || typeof thrown !== 'object') return { name: 'Error', message: String(thrown) };
  const { name, message, data } = thrown as { name?: unknown; message?: unknown; data?: unknown };
  const usable = typeof name === 'string' && name !== '' && !name.startsWith('States.');
  return {
    name: usable ? name : 'Error',
    message: typeof message === 'string' ? message : message === undefined ? '' : String(message),
    ...(data === undefined || data === null ? {} : { data: safeJson(data) }),
  };
}

/** Characters of an error as JSON text in JSON text, which is how engines carry it: Step Functions takes 32,768 with what is around it. */
const LONGEST = 29_000;
const LONGEST_MESSAGE = 3_750;

/**
 * What is too long for some engine loses the end of a long message, or else its data; the same in every room.
 * The data of a long message stays where it can: a field's name is more use than the rest of what was in the field.
 */
function shortened(error: ErrorValue): ErrorValue {
  if (fits(error)) return error;
  const { name } = error;
  const message = cut(error.message);
  if (fits({ ...error, message })) return { ...error, message };
  const bare = { name, message: error.message };
  return fits(bare) ? bare : { name, message };
}

function cut(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  return `${message.slice(0, LONGEST_MESSAGE).replace(/[\ud800-\udbff]$/, '')}…`;
}

function fits(error: ErrorValue): boolean {
  return JSON.stringify(JSON.stringify(toErrorJson(error))).length <= LONGEST;
}

/** The value that a rescue sees: every field is there, so that reading one can never miss. */
export function toErrorJson(error: ErrorValue): Json {
  return { name: error.name, message: error.message, data: error.data ?? null };
}

function safeJson(data: unknown): Json {
  try {
    return toJson(data);
  } catch {
    return null;
  }
}
