import { Failure } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Durable, Orchestration } from './durable.ts';
import type { Answer, RunFacts, Work } from './envelope.ts';
import { oversized, portable, restored, standIn } from './stand-in.ts';
import { Stopped, type Stops } from './stops.ts';

interface Asking {
  readonly durable: Durable;
  readonly facts: RunFacts;
  readonly stops: Stops;
}

/** Has the activity do something, and waits for what it answers. */
export function* ask(work: Work, { durable, stops }: Asking): Orchestration<Answer> {
  let text: unknown;
  try {
    text = yield* stops.whole(durable.perform(portable(work)));
  } catch (error) {
    // The function itself went wrong, as one does that ran out of time: the first line is the host's, the rest a stack.
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { error: { name: 'Error', message: message.trim() } };
  }
  return restored<Answer>(String(text));
}

/** The value that came in, or what stands in for it where it is large and the workflow only passes it on. */
export function* keep(value: Json, id: string, key: string, asking: Asking): Orchestration<Json> {
  const { run, opaque } = asking.facts;
  if (!opaque.includes(id) || !oversized(value)) return value;
  return outputOf(yield* ask({ kind: 'keep', run, key, value }, asking));
}

/** @throws Failure; Stopped. */
export function outputOf(answer: Answer): Json {
  if ('ok' in answer) return answer.ok;
  if ('claim' in answer) return standIn(answer.claim);
  if ('error' in answer) throw new Failure(answer.error);
  throw new Stopped('absent' in answer ? `no step '${answer.absent}'` : 'the run or this branch of it was stopped');
}
