import type { App } from '../../../core/app.ts';
import { type ErrorValue, Failure } from '../../../core/error.ts';
import type { QueueClient } from '../../../core/resources/queue.ts';
import { type Delivery, deliver, logVerdict, type Verdict } from '../../../core/triggers/deliver.ts';
import type { Trigger } from '../../../core/triggers/trigger.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { LambdaEvent } from './field.ts';

/** One of the services that hand records to Lambda. */
export interface RecordKind {
  readonly name: string;
  matches(event: LambdaEvent): boolean;
  /** Hands each record to its trigger. What it resolves to is the function's answer; where it rejects, Lambda calls again. */
  handle(event: LambdaEvent, desk: Desk): Promise<unknown>;
}

/** The part of a queue's client with which a delivery's end is told to the queue. */
export type QueueEnds = Pick<QueueClient, 'bury' | 'release'> & {
  /** Takes a record that Lambda received as if the client had received it. @returns the client's own receipt. */
  adopt?(record: unknown): string;
};

/** Where records become deliveries. */
export interface Desk {
  readonly triggers: readonly Trigger[];
  /** `undefined` where the room has no client of that queue: then its redrive policy alone buries. */
  readonly queue: ((name: string) => QueueEnds) | undefined;
  readonly log: Surroundings['log'];
  deliver(trigger: Trigger, delivery: Delivery): Promise<Verdict>;
}

export interface DeskParts {
  readonly app: App;
  readonly room: Pick<Surroundings, 'client' | 'log'>;
  readonly queue: ((name: string) => QueueEnds) | undefined;
  readonly signal: AbortSignal;
}

export function openDesk({ app, room, queue, signal }: DeskParts): Desk {
  return {
    triggers: app.triggers,
    queue,
    log: room.log,
    async deliver(trigger, delivery) {
      const verdict = await deliver(trigger, delivery, room, signal);
      logVerdict(room.log, trigger, delivery, verdict);
      return verdict;
    },
  };
}

/**
 * Ends an event that came without a queue: Lambda tries it again, and keeps it at its failure destination after the last attempt.
 *
 * @throws Failure, the first, where a delivery was not done.
 */
export function requireDone(verdicts: readonly Verdict[]): void {
  const errors = verdicts.flatMap((verdict): ErrorValue[] => (verdict.kind === 'done' ? [] : [verdict.error]));
  const [first] = errors;
  if (first === undefined) return;
  const count = `${errors.length} of ${verdicts.length} deliveries failed`;
  throw new Failure({ ...first, message: verdicts.length === 1 ? first.message : `${first.message} (${count})` });
}
