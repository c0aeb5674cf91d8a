import { parsed, walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

interface Answer {
  readonly id: string;
  readonly status: 'pending' | 'done';
  readonly numbers: readonly string[];
  readonly count: number;
  readonly min: string;
  readonly max: string;
  readonly median: string;
  readonly mean: string;
}

/** A user sends a list, looks until its answer is there, and perhaps sends another. */
export const { arrive, decide, stays } = walk<'ask' | 'look'>({
  first: 'ask',
  chain: { ask: { look: 1 }, look: { ask: 0.4 } },
  next: (memory, state) =>
    memory.answerUrl === undefined ? false : state === 'ask' || memory.pending ? 'look' : undefined,
  steps: {
    ask(memory) {
      const numbers = Array.from({ length: 1 + Math.floor(Math.random() * 10) }, () =>
        Math.floor(Math.random() * 20_001 - 10_000),
      );
      memory.numbers = numbers;
      memory.answerUrl = undefined;
      return {
        method: 'POST',
        path: '/statistics',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ numbers }),
        check(status, body) {
          const told = parsed<{ id: string; answerUrl: string }>(202, status, body);
          if (typeof told === 'string') return told;
          memory.id = told.id;
          memory.answerUrl = told.answerUrl;
          return told.answerUrl?.includes(told.id) ? undefined : 'an answerUrl without the id';
        },
      };
    },
    look: (memory) => ({
      path: String(memory.answerUrl),
      check(status, body) {
        memory.pending = status === 202;
        const answer = parsed<Answer>(status === 202 ? 202 : 200, status, body);
        if (typeof answer === 'string') return answer;
        if (answer.id !== memory.id) return "another's answer";
        return status === 202 ? undefined : differs(answer, memory.numbers as number[]);
      },
    }),
  },
});

/** Small numbers, so that doubles are exact enough to hold the answer against. */
export function differs(answer: Answer, numbers: readonly number[]): string | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const near = (said: string, wanted: number): boolean => Math.abs(Number(said) - wanted) <= 1e-6;
  if (answer.numbers.join() !== numbers.join()) return "another's numbers";
  if (answer.count !== numbers.length) return `count ${answer.count} instead of ${numbers.length}`;
  if (Number(answer.min) !== sorted[0]) return `min ${answer.min} instead of ${sorted[0]}`;
  if (Number(answer.max) !== sorted.at(-1)) return `max ${answer.max} instead of ${sorted.at(-1)}`;
  if (!near(answer.median, median)) return `median ${answer.median} instead of ${median}`;
  if (!near(answer.mean, mean)) return `mean ${answer.mean} instead of ${mean}`;
  return undefined;
}
