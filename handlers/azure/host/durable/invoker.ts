import type { Json } from '../../../../core/json.ts';
import { type Answer, readAnswer, readThrown, WORKER_GONE } from './answer.ts';

/** What runs code: the library in this process, or a worker. */
export interface Invoker {
  /**
   * Calls an orchestrator function with the text of its trigger; the answer is what the library returns.
   *
   * Rejects with what was thrown. An error that is named `WorkerGone` is nobody's fault: the call is made again, five times in all;
   * then the instance has failed.
   */
  orchestrator(name: string, triggerInput: string): Promise<unknown>;
  /** Calls an activity. An error named `WorkerGone` has it called again, five times in all; then it has failed. */
  activity(name: string, input: Json, context: { readonly instanceId: string }): Promise<Json | undefined>;
  /** The functions that there are; without them every name is taken on trust. */
  readonly functions?: { readonly orchestrators: readonly string[]; readonly activities: readonly string[] };
}

/** What an orchestrator function makes of its trigger, however it ends. @throws what says `WorkerGone` */
export async function ask(invoker: Invoker, name: string, trigger: string): Promise<Answer> {
  try {
    return readAnswer(await invoker.orchestrator(name, trigger));
  } catch (thrown) {
    if (isWorkerGone(thrown)) throw thrown;
    return readThrown(thrown);
  }
}

export function isWorkerGone(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === WORKER_GONE;
}

/** How often what ends its process is called at most: as often as the host tries a message of a queue by default. */
export const WORKER_TRIES = 5;

/** The error of what was called so often. */
export function lastWords({ message }: Error, tries: number): string {
  return `${message}, each of the ${tries} times that it was called`;
}

/** Names of functions do not care about case, as in Azure. */
export function isKnown(name: string, known: readonly string[]): boolean {
  return known.some((other) => other.toLowerCase() === name.toLowerCase());
}

/** The words of the extension for a function that is not there. */
export function missing(kind: 'orchestrator' | 'activity', name: string, known: readonly string[]): string {
  const names = known.length === 0 ? 'No such functions are registered' : `The functions are: ${known.join(', ')}`;
  return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ${names}.`;
}
