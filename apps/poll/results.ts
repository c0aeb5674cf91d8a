import { recent } from '../recent.ts';
import { noPoll } from './no-poll.ts';
import { COUNT, type Poll, partitionOf, type Stores, shardsOf } from './tables.ts';

export interface Shown {
  readonly id: string;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly votes: number;
  readonly options: readonly { readonly id: number; readonly text: string; readonly votes: number }[];
  readonly createdAt: string;
}

export interface Results {
  readonly poll: Poll;
  readonly shown: Shown;
  /** `shown` as JSON, and an etag of it. */
  readonly body: string;
  readonly etag: string;
}

export interface ResultsReader {
  /** At most `STALENESS` old; however many ask, the tables are read once in that time. @throws `NotFound` */
  recent(id: string): Promise<Results>;
  /** As the tables are now. @throws `NotFound` */
  fresh(id: string): Promise<Results>;
  /** The poll alone, as it is now. @throws `NotFound` */
  poll(id: string): Promise<Poll>;
  forget(id: string): void;
}

/** Milliseconds since the reading of what is shown began. */
export const STALENESS = 1_000;
const REMEMBERED = 2_000;

interface Entry {
  readonly startedAt: number;
  readonly results: Promise<Results>;
  over: boolean;
}

/**
 * Sums over a poll's shards. A shard's count changes together with its ballots, and a voter stays in one shard: a sum never has more
 * votes than were cast when it was read, however long that took.
 */
export function resultsOf({ polls, votes }: Pick<Stores, 'polls' | 'votes'>): ResultsReader {
  const known = recent<Entry>(REMEMBERED);

  const poll = async (id: string): Promise<Poll> => {
    const found = await polls.get({ partition: 'polls', id });
    if (found === undefined || found.value.state === 'deleted') throw noPoll(id);
    return { id, ...found.value };
  };
  const fresh = async (id: string): Promise<Results> => {
    const found = await poll(id);
    const counts = await Promise.all(
      shardsOf(found).map((shard) => votes.get({ partition: partitionOf(found, shard), id: COUNT })),
    );
    const sum = (option: number) => counts.reduce((total, count) => total + (count?.value[option] ?? 0), 0);
    const options = found.options.map(({ id, text }) => ({ id, text, votes: sum(id) }));
    const shown: Shown = {
      id,
      title: found.title,
      state: found.state === 'open' ? 'open' : 'closed',
      votes: options.reduce((total, option) => total + option.votes, 0),
      options,
      createdAt: found.createdAt,
    };
    const body = JSON.stringify(shown);
    return { poll: found, shown, body, etag: await etagOf(body) };
  };

  return {
    poll,
    fresh,
    forget: known.delete,
    recent(id) {
      const now = performance.now();
      const last = known.get(id);
      // One that is still being read is waited for: a slow table gets no second reader.
      if (last !== undefined && (!last.over || now - last.startedAt < STALENESS)) return last.results;
      const entry: Entry = { startedAt: now, results: fresh(id), over: false };
      known.set(id, entry);
      entry.results.then(
        () => {
          entry.over = true;
        },
        () => {
          if (known.get(id) === entry) known.delete(id);
        },
      );
      return entry.results;
    },
  };
}

async function etagOf(body: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body)));
  return `"${Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}
