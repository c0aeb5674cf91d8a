import { type Clients, secret, table } from 'skein';
import { z } from 'zod';

const pollDocument = z.object({
  title: z.string(),
  /** An id is never given twice in a poll: a page from before an edit cannot vote for another text. */
  options: z.array(z.object({ id: z.number(), text: z.string() })),
  nextOption: z.number(),
  state: z.enum(['open', 'closed', 'deleted']),
  /** Goes up whenever voting is opened or stopped; see `gates.ts`. */
  revision: z.number(),
  /** Parts that the votes are kept in. */
  shards: z.number(),
  /** SHA-256 of the owner's token. */
  owner: z.string(),
  createdAt: z.string(),
});

export type Poll = { readonly id: string } & z.infer<typeof pollDocument>;
export type PollFields = Omit<Poll, 'id'>;

/** Partition `polls`, one document for each poll. */
const polls = table('polls', { document: pollDocument });

/**
 * A partition for each shard of a poll. In it are its gate `{ revision, open }`, a ballot `{ option }` for each voter, and `count`,
 * votes by option: what changes together lies together.
 */
const votes = table('poll-votes', { document: z.record(z.string(), z.number()) });

/** The key that voters' tokens are signed with, where the secret is not set. */
const keys = table('poll-keys', { document: z.object({ key: z.string() }) });

const pollKey = secret('poll-key');

export const uses = { polls: polls.all, votes: votes.all, keys: keys.all, secret: pollKey.read };
export type Stores = Clients<typeof uses>;

export const GATE = 'gate';
export const COUNT = 'count';

export function partitionOf({ id }: Pick<Poll, 'id'>, shard: number): string {
  return `${id}#${shard}`;
}

export function shardsOf({ shards }: Poll): number[] {
  return Array.from({ length: shards }, (_, shard) => shard);
}
