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
  const data = plain(found.error.data ?? null);
  return (
    sameMessage(expected.error.message, found.error.message) && isDeepStrictEqual(plain(expected.error.data), data)
  );
}

/** A message that is no text is its JSON, whose keys stand in no promised order. */
function sameMessage(expected: string, found: string): boolean {
  return expected === found || isDeepStrictEqual(parsed(expected), parsed(found));
}

/** What a text is the JSON of, else the text. */
function parsed(text: string): unknown {
  try {
    return [JSON.parse(text)];
  } catch {
    return text;
  }
}

/** The same value, of ordinary objects, and with the zero that it has. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value, (_, item: Json) => (Object.is(item, -0) ? 'a negative zero' : item))) as Json;
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
  return `${step} ${key} ${JSON.stringify(inOrder(input))}`;
}

function inOrder(value: Json): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? 'a negative zero' : value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, inOrder(value[key] as Json)]);
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 600);
}
