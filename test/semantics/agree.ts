import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../core/index.ts';
import type { Outcome, StepCall } from '../conformance/semantics/room.ts';
import type { Ending } from './reference.ts';

/** What a room says about these is its own business; no rescue of a random workflow looks at it. */
const ROOMS_OWN = ['MissingValue', 'InvalidInput', 'PayloadTooLarge', 'Timeout'];

/** What is wrong with what a room did, if anything: one of the endings must account for the result and for every call. */
export function difference(
  endings: readonly Ending[],
  outcome: Outcome,
  calls: readonly StepCall[],
): string | undefined {
  const complaints = endings.map((ending) => wrong(ending, outcome, calls));
  return complaints.includes(undefined) ? undefined : complaints.join('\nor ');
}

function wrong({ result, sure, perhaps }: Ending, outcome: Outcome, calls: readonly StepCall[]): string | undefined {
  if (!sameResult(result, outcome)) return `expected ${show(result)}\nand found ${show(outcome)}`;
  const left = counted(calls);
  const lacking = sure.filter((call) => !take(left, call));
  if (lacking.length > 0) return `calls were not made: ${show(lacking)}`;
  for (const call of perhaps) take(left, call);
  const extra = [...left].filter(([, count]) => count > 0).map(([call]) => call);
  return extra.length > 0 ? `calls were made besides: ${extra.join(', ')}` : undefined;
}

function sameResult(expected: Ending['result'], found: Outcome): boolean {
  if ('output' in expected) return 'output' in found && isDeepStrictEqual(plain(expected.output), plain(found.output));
  if (!('error' in found) || expected.error.name !== found.error.name) return false;
  if (ROOMS_OWN.includes(expected.error.name)) return true;
  const { message, data = null } = found.error;
  return isDeepStrictEqual(plain([expected.error.message, expected.error.data]), plain([message, data]));
}

/** The same value for values that no workflow may tell apart: keys in order, also in a text that is JSON, and the zero that it has. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'string') return textOf(value);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 'a negative zero' : value;
  return {
    keys: Object.keys(value)
      .sort()
      .map((key) => [key, plain(value[key] as Json)]),
  };
}

/** A message that is no text is its JSON, whose keys stand in no promised order; an error with it may be any step's input. */
function textOf(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text;
  try {
    return { text: plain(JSON.parse(text) as Json) };
  } catch {
    return text;
  }
}

function counted(calls: readonly StepCall[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(sorted(call), (counts.get(sorted(call)) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, call: StepCall): boolean {
  const count = counts.get(sorted(call)) ?? 0;
  counts.set(sorted(call), count - 1);
  return count > 0;
}

function sorted({ step, key, input }: StepCall): string {
  return `${step} ${key} ${JSON.stringify(plain(input))}`;
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 600);
}
