import { consume } from 'skein';
import { log, logKey, requests, responses, type StatisticsAnswer } from './resources.ts';
import { statistics } from './statistics.ts';

/** Computes. All that it does follows from the message, so that a duplicate does the same again and harms nobody. */
export const worker = consume(requests, {
  concurrency: 200,
  uses: { operations: log.write, responses: responses.write },
  run: async (request, { operations, responses }) => {
    const { id, numbers } = request;
    const answer: StatisticsAnswer = { id, status: 'done', numbers, ...statistics(numbers.map(BigInt)) };
    // First the log: what is answered is logged.
    await operations.put(logKey(request), JSON.stringify({ ...answer, askedAt: request.askedAt }), {
      contentType: 'application/json',
    });
    await responses.send(answer, { key: id });
  },
});
