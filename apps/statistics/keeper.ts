import { consume } from 'skein';
import { answerKey, answers, responses } from './resources.ts';

/** Milliseconds for which an answer is kept. */
const ANSWER_LIFE = 3_600_000;

/** Keeps the first response to each request that is still waited for; the others are its duplicates. */
export const keeper = consume(responses, {
  concurrency: 200,
  uses: { answers: answers.all },
  run: async (answer, { answers }) => {
    const key = answerKey(answer.id);
    const waiting = await answers.get(key);
    if (waiting?.value.status !== 'pending') return;
    const expiresAt = new Date(Date.now() + ANSWER_LIFE);
    await answers.replace(key, answer, { ifMatch: waiting.version, expiresAt }).catch((error: Error) => {
      if (error.name !== 'PreconditionFailed' && error.name !== 'NotFound') throw error;
    });
  },
});
