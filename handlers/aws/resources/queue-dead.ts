import type { SQSClient } from '@aws-sdk/client-sqs';
import { checkedNumber } from '../../../core/checked-number.ts';
import type { QueueClient } from '../../../core/resources/queue.ts';
import { again, keptOf, rawOf, toLetter } from './queue-message.ts';
import { MOVING, received } from './queue-receive.ts';
import { deleteAll, sendAll } from './queue-send.ts';

interface Queues {
  readonly url: string;
  readonly deadUrl: string;
  readonly attempts: number;
}

/** The methods of a queue's client that look at its dead letters, and put them back. */
export function deadLetters(sqs: SQSClient, { url, deadUrl, attempts }: Queues): Pick<QueueClient, 'dead' | 'redrive'> {
  return {
    dead: async ({ max = 10 } = {}) => {
      checkedNumber('max', max, 1, 10);
      // Nobody has them: who looks takes nothing away.
      const messages = await received(sqs, deadUrl, { max, wait: 1, visibility: 0 });
      const letters = messages.map((one) => toLetter(keptOf(rawOf(one)), attempts));
      return [...new Map(letters.map((one) => [one.id, one])).values()];
    },
    redrive: async ({ max = Number.MAX_SAFE_INTEGER } = {}) => {
      checkedNumber('max', max, 1, Number.MAX_SAFE_INTEGER);
      const moved = new Set<string>();
      while (moved.size < max) {
        const count = Math.min(10, max - moved.size);
        const messages = await received(sqs, deadUrl, { max: count, wait: 1, visibility: MOVING });
        // What died again meanwhile is for the next time, or a consumer who can do none of them would keep this going for ever.
        const letters = messages
          .map((one) => ({ handle: one.ReceiptHandle ?? '', kept: keptOf(rawOf(one)) }))
          .filter(({ kept }) => !moved.has(kept.id));
        if (letters.length === 0) break;
        const back = letters.map(({ kept }) => again(kept));
        const outcomes = await sendAll(sqs, url, back);
        const done = letters.filter((_, n) => 'id' in outcomes[n]!);
        const handles = done.map(({ handle }) => handle);
        await deleteAll(sqs, deadUrl, handles);
        for (const { kept } of done) moved.add(kept.id);
        const refused = outcomes.find((one) => 'refused' in one);
        if (refused !== undefined && done.length === 0) throw refused.refused;
      }
      return moved.size;
    },
  };
}
