import { oneOf } from './random.ts';
import { type Memory, parsed, walk } from './walk.ts';

export { begin, failed, record } from './recorder.ts';

interface Results {
  readonly votes: number;
  readonly options: readonly { readonly id: number; readonly votes: number }[];
}

const OPTIONS = ['north', 'east', 'south', 'west'];

/** One poll for all users of this generator, made by the first that comes and can. */
let poll: Promise<{ readonly id: string; readonly options: readonly number[] }> | undefined;
/** Votes that were sent, and votes that were counted as far as this generator was told: what is shown lies between the two, but for a second of staleness. */
let sent = 0;

/** A user looks at the results, becomes a voter, votes, changes its mind perhaps, and looks again. */
export const { arrive, decide, stays } = walk<'look' | 'enter' | 'vote'>({
  first: 'look',
  chain: { look: { look: 0.2, enter: 0.7 }, enter: { vote: 1 }, vote: { vote: 0.15, look: 0.5 } },
  next(memory, state) {
    if (state === 'enter') return memory.voter === undefined ? false : 'vote';
    // Who has a token does not need another.
    return state === 'look' && memory.voter !== undefined ? (Math.random() < 0.3 ? 'vote' : false) : undefined;
  },
  async prepare(memory) {
    poll ??= makePoll();
    try {
      memory.poll = await poll;
    } catch (error) {
      poll = undefined;
      throw error;
    }
  },
  steps: {
    look: (memory) => ({
      path: `/polls/${pollOf(memory).id}`,
      check(status, body) {
        const results = parsed<Results>(200, status, body);
        return typeof results === 'string' ? results : impossible(results, sent);
      },
    }),
    enter: (memory) => ({
      method: 'POST',
      path: `/polls/${pollOf(memory).id}/voters`,
      check(status, body) {
        const told = parsed<{ voter: string }>(201, status, body);
        if (typeof told === 'string') return told;
        memory.voter = told.voter;
        return undefined;
      },
    }),
    vote(memory) {
      const option = oneOf(pollOf(memory).options);
      // A vote that is changed is still one.
      if (memory.voted !== true) sent++;
      memory.voted = true;
      return {
        method: 'POST',
        path: `/polls/${pollOf(memory).id}/votes`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ voter: memory.voter, option }),
        check(status, body) {
          const told = parsed<{ option: number }>(200, status, body);
          if (typeof told === 'string') return told;
          return told.option === option ? undefined : `option ${told.option} instead of ${option}`;
        },
      };
    },
  },
});

const pollOf = (memory: Memory) => memory.poll as Awaited<NonNullable<typeof poll>>;

/** Results that cannot be, whoever voted meanwhile. */
export function impossible({ votes, options }: Results, most: number): string | undefined {
  const sum = options.reduce((total, one) => total + one.votes, 0);
  if (sum !== votes) return `${votes} votes, and ${sum} in all options together`;
  if (options.some((one) => !Number.isSafeInteger(one.votes) || one.votes < 0))
    return 'an option with no possible count';
  return votes > most ? `${votes} votes of ${most} that were cast` : undefined;
}

async function makePoll(): Promise<{ id: string; options: number[] }> {
  const ask = async (path: string, init: RequestInit): Promise<Record<string, unknown>> => {
    const response = await fetch(new URL(path, process.env.URL), init);
    if (!response.ok) throw new Error(`${init.method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const body = JSON.stringify({ title: 'Which way?', options: OPTIONS });
  const { id, owner } = await ask('/polls', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const opened = await ask(`/polls/${id}/open`, { method: 'POST', headers: { authorization: `Bearer ${owner}` } });
  return { id: String(id), options: (opened.options as { id: number }[]).map((option) => option.id) };
}
