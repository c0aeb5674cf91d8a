import type { QueueCapabilities, QueueClient } from '../../core/resources/queue.ts';
import { lawSuite } from './law-suite.ts';
import { consumerLaws } from './queue-consumers.ts';
import { deadLaws, exactLaws } from './queue-dead.ts';
import { messageLaws } from './queue-messages.ts';
import { receiptLaws } from './queue-receipts.ts';
import type { Laws } from './queue-support.ts';

export interface OpenQueue {
  readonly client: QueueClient;
  close(): void | Promise<void>;
}

export interface QueueRoom {
  readonly name: string;
  readonly capabilities: QueueCapabilities;
  /** A client of the queue `name`, which nobody has used before; a message may be received `attempts` times. */
  open(name: string, attempts: number): OpenQueue | Promise<OpenQueue>;
  /** Laws that this room breaks, by their titles, each with the reason. They must fail, or the deviation is out of date. */
  readonly deviations?: Readonly<Record<string, string>>;
}

/**
 * The laws of a queue, one test each. Every room calls this with its own client. They hold where messages come in any order and
 * counts are approximate; nothing is promised of how soon a message comes. Most of a law is waiting, so some run at once.
 *
 * - Messages (`queue-messages.ts`): any JSON comes back as it was sent, up to 262,144 bytes; ids are unique, keys are kept and not
 *   deduplicated by; a delay is a minimum; a batch is checked whole before any of it is sent; queues are separate.
 * - Receipts (`queue-receipts.ts`): who received a message has it alone until its visibility ends, then it comes again and says
 *   how often; done is final; release, extend; a stale receipt is no error.
 * - Dead letters (`queue-dead.ts`): buried with a reason or received too often without one; they are kept, and redriven whole.
 * - Consumers (`queue-consumers.ts`): a long poll returns when a message comes; of competing receivers one has each message.
 * - The capability `exact` (`queue-dead.ts`): every dead letter is seen, depth is exact.
 */
export function queueSuite({ name, capabilities, open, deviations = {} }: QueueRoom): void {
  const known: Record<keyof QueueCapabilities, Laws> = { exact: exactLaws };
  const laws = {
    ...messageLaws,
    ...receiptLaws,
    ...deadLaws,
    ...consumerLaws,
    ...(capabilities.exact ? exactLaws : {}),
  };

  lawSuite<OpenQueue, Laws[string]>({
    title: `queue: ${name}`,
    laws,
    capabilities,
    known,
    deviations,
    concurrent: true,
    run: (law, opener) => law(async (attempts = 5) => (await opener((queue) => open(queue, attempts))).client),
  });
}
